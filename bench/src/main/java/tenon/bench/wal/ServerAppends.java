package tenon.bench.wal;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import tenon.api.ConfState;
import tenon.api.Entry;
import tenon.api.NodeIdentity;
import tenon.api.Platform;
import tenon.bench.measure.Outcome;
import tenon.mvcc.AppliedIndex;
import tenon.raft.RaftNode;
import tenon.raft.RaftOptions;
import tenon.raft.RecoveredState;
import tenon.server.metrics.LatencyRecorder;
import tenon.server.metrics.NodeCounters;
import tenon.server.metrics.StageRecorder;
import tenon.server.replication.Checkpoints;
import tenon.server.replication.LogWriter;
import tenon.server.replication.PeerTransport;
import tenon.server.replication.ReplicationLoop;
import tenon.wal.LogOptions;
import tenon.wal.SegmentedLog;

/// The server's way from a proposal to its commit, without a network and without a store: appenders propose, and do so
/// again when their entry is committed. They live on the loop's thread.
final class ServerAppends {
    private static final long NODE_ID = 1;
    private static final long TICK_NS = 100_000_000;
    /// The server's default.
    private static final long CATCH_UP_ENTRY_COUNT = 5_000;

    private final Platform platform = Platform.system();
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private final int count;
    private final LogWriter writer;
    private final ReplicationLoop loop;
    private final Checkpoints checkpoints;
    private final SegmentedLog log;

    // Only the loop's thread uses these, once it runs.
    private final long[] startsNs;
    private Latencies latencies;
    private volatile long appliedIndex;

    ServerAppends(Path directory, int count) {
        this.count = count;
        startsNs = new long[count];
        log = SegmentedLog.create(
                platform, directory.resolve("log"), new NodeIdentity(NODE_ID, NODE_ID), LogOptions.DEFAULT);
        RecoveredState alone = founded();
        log.append(alone.hardState(), alone.entries());
        StageRecorder stages = new StageRecorder();
        writer = new LogWriter(log, alone.hardState(), platform, stages, new LatencyRecorder(), PeerTransport.NONE);
        loop = new ReplicationLoop(
                RaftNode.start(RaftOptions.of(NODE_ID).build(), alone), platform, PeerTransport.NONE, stages,
                new NodeCounters());
        checkpoints = new Checkpoints(
                new Checkpoints.Parties(writer::submit, loop::compact, () -> Long.MAX_VALUE),
                new Checkpoints.Pace(Appends.MARK_EVERY, CATCH_UP_ENTRY_COUNT), alone);
    }

    /// A lone founder that has applied what founds its cluster.
    private static RecoveredState founded() {
        Set<Long> voters = Set.of(NODE_ID);
        RecoveredState founding = RecoveredState.founding(voters);
        return new RecoveredState(
                founding.snapshot(), founding.hardState(), founding.entries(), ConfState.ofVoters(voters),
                founding.entries().size());
    }

    Outcome run(double warmUpSeconds, double seconds) {
        writer.start(loop::onStored, outcome::completeExceptionally);
        loop.start(
                new ReplicationLoop.Wiring(
                        writer,
                        this::onCommitted,
                        () -> appliedIndex,
                        () -> 0,
                        new ReplicationLoop.Pace(TICK_NS, Long.MAX_VALUE),
                        _ -> {},
                        outcome::completeExceptionally),
                true);
        loop.awaitLeader(leaderId -> leaderId != 0).join();
        latencies = new Latencies(warmUpSeconds, seconds);
        for (int appender = 0; appender < count; appender++) {
            propose(appender);
        }
        try {
            return outcome.join();
        } finally {
            loop.close();
            writer.close();
            log.close();
        }
    }

    private void propose(int appender) {
        byte[] data = new byte[Appends.RECORD_BYTES];
        ByteBuffer.wrap(data).putInt(appender);
        startsNs[appender] = System.nanoTime();
        loop.propose(data);
    }

    private void onCommitted(List<Entry> entries) {
        checkpoints.onCommitted(entries.getLast().raftIndex(), Entry.sizeBytes(entries));
        long nowNs = System.nanoTime();
        boolean goOn = true;
        for (Entry entry : entries) {
            if (entry.data().length == Appends.RECORD_BYTES) {
                int appender = ByteBuffer.wrap(entry.data()).getInt();
                goOn = latencies.record(startsNs[appender], nowNs, 1);
                if (goOn) {
                    propose(appender);
                }
            }
        }
        appliedIndex = entries.getLast().raftIndex();
        checkpoints.onDurable(new AppliedIndex(entries.getLast().term(), appliedIndex));
        if (!goOn) {
            outcome.complete(latencies.outcome());
        }
    }
}
