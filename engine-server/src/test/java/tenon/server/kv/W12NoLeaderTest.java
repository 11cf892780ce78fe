package tenon.server.kv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tenon.api.HardState;
import tenon.api.NodeIdentity;
import tenon.api.Platform;
import tenon.raft.RaftNode;
import tenon.raft.RaftOptions;
import tenon.raft.RecoveredState;
import tenon.server.auth.Caller;
import tenon.server.error.EtcdError;
import tenon.server.error.RequestException;
import tenon.server.metrics.LatencyRecorder;
import tenon.server.metrics.NodeCounters;
import tenon.server.metrics.StageRecorder;
import tenon.server.replication.LogWriter;
import tenon.server.replication.PeerTransport;
import tenon.server.replication.ReplicationLoop;
import tenon.server.rpc.PutRequest;
import tenon.testkit.ManualClock;
import tenon.testkit.SimulatedFileSystem;
import tenon.wal.LogOptions;
import tenon.wal.SegmentedLog;

/// W12: one of two members, and no leader in sight: whoever writes or reads is told so at once, not by a deadline.
class W12NoLeaderTest {
    private static final ReplicationLoop.Pace PACE = new ReplicationLoop.Pace(100_000_000L, 1_000_000_000L);

    private static EtcdError refusal(CompletableFuture<?> future) {
        ExecutionException refusal = assertThrows(ExecutionException.class, () -> future.get(20, TimeUnit.SECONDS));
        return assertInstanceOf(RequestException.class, refusal.getCause()).error();
    }

    @Test
    void shouldRefuseAtOnceWithoutALeader() {
        Platform platform = Platform.system().withFiles(new SimulatedFileSystem()).withClock(new ManualClock());
        StageRecorder stages = new StageRecorder();
        NodeCounters counters = new NodeCounters();
        RecoveredState state = RecoveredState.founding(Set.of(1L, 2L));
        try (SegmentedLog log =
                        SegmentedLog.create(platform, Path.of("/wal"), new NodeIdentity(1, 2), LogOptions.DEFAULT);
                LogWriter writer = new LogWriter(
                        log, HardState.INITIAL, platform, stages, new LatencyRecorder(), PeerTransport.NONE);
                ReplicationLoop loop = new ReplicationLoop(
                        RaftNode.start(RaftOptions.of(1).build(), state), platform, PeerTransport.NONE, stages, counters)) {
            CompletableFuture<Throwable> failure = new CompletableFuture<>();
            writer.start(loop::onStored, failure::complete);
            loop.start(
                    new ReplicationLoop.Wiring(writer, _ -> {}, () -> 0, () -> 0, PACE, _ -> {}, failure::complete),
                    false);
            PendingProposals pending = new PendingProposals(new Deadlines(platform.clock(), 7_000_000_000L));
            Proposer proposer = new Proposer(
                    new Proposer.Path(
                            loop,
                            () -> 0,
                            () -> 0,
                            pending,
                            new RequestIds(1, 0, 0, 1),
                            _ -> CompletableFuture.completedFuture(Caller.NOBODY)),
                    1000,
                    platform.clock(),
                    stages,
                    counters);
            assertEquals(
                    EtcdError.NO_LEADER,
                    refusal(proposer.propose(proposal -> proposal.setPut(PutRequest.getDefaultInstance()))));
            assertEquals(EtcdError.NO_LEADER, refusal(loop.confirmRead()));
            assertEquals(0, pending.count());
            assertEquals(1, counters.proposalsFailed.sum());
        }
    }
}
