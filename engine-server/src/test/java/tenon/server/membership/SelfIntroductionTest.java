package tenon.server.membership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tenon.api.HardState;
import tenon.api.NodeIdentity;
import tenon.api.Platform;
import tenon.mvcc.MvccOptions;
import tenon.mvcc.MvccStore;
import tenon.raft.RaftNode;
import tenon.raft.RaftOptions;
import tenon.raft.RecoveredState;
import tenon.server.auth.Caller;
import tenon.server.error.EtcdError;
import tenon.server.error.RequestException;
import tenon.server.kv.Deadlines;
import tenon.server.kv.PendingProposals;
import tenon.server.kv.Proposer;
import tenon.server.kv.RequestIds;
import tenon.server.metrics.LatencyRecorder;
import tenon.server.metrics.NodeCounters;
import tenon.server.metrics.StageRecorder;
import tenon.server.replication.LogWriter;
import tenon.server.replication.PeerTransport;
import tenon.server.replication.ReplicationLoop;
import tenon.server.rpc.Member;
import tenon.testkit.ManualClock;
import tenon.testkit.SimulatedFileSystem;
import tenon.wal.LogOptions;
import tenon.wal.SegmentedLog;

/// One of two members, and no leader in sight.
class SelfIntroductionTest {
    private static final Member SELF =
            Member.newBuilder().setID(1).setName("one").addClientURLs("http://h:2379").build();

    private final ManualClock clock = new ManualClock();
    private final SimulatedFileSystem files = new SimulatedFileSystem();
    private final Platform platform = Platform.system().withFiles(files).withClock(clock);
    private final NodeCounters counters = new NodeCounters();

    @Test
    void shouldTryAgainUntilItIsHeardOrTheNodeStops() {
        files.createDirectories(Path.of("/data"));
        StageRecorder stages = new StageRecorder();
        RecoveredState state = RecoveredState.founding(Set.of(1L, 2L));
        try (MvccStore store = MvccStore.open(platform, Path.of("/data/db"), MvccOptions.DEFAULT);
                SegmentedLog log =
                        SegmentedLog.create(platform, Path.of("/wal"), new NodeIdentity(1, 2), LogOptions.DEFAULT);
                LogWriter writer = new LogWriter(
                        log, HardState.INITIAL, platform, stages, new LatencyRecorder(), PeerTransport.NONE);
                ReplicationLoop loop = new ReplicationLoop(
                        RaftNode.start(RaftOptions.of(1).build(), state), platform, PeerTransport.NONE, stages, counters)) {
            CompletableFuture<Throwable> failure = new CompletableFuture<>();
            writer.start(loop::onStored, failure::complete);
            loop.start(
                    new ReplicationLoop.Wiring(
                            writer,
                            _ -> {},
                            () -> 0,
                            () -> 0,
                            new ReplicationLoop.Pace(3_600_000_000_000L, Long.MAX_VALUE),
                            _ -> {},
                            failure::complete),
                    false);
            PendingProposals pending = new PendingProposals(new Deadlines(clock, 7_000_000_000L));
            MembershipStore membership = new MembershipStore(store.backend());
            CompletableFuture<Void> heard =
                    SelfIntroduction.begin(membership, proposer(loop, pending, stages), clock, SELF);
            for (int attemptCount = 1; attemptCount <= 3; attemptCount++) {
                awaitAnswer(loop, pending);
                assertEquals(attemptCount, counters.proposalsFailed.sum());
                assertFalse(heard.isDone());
                clock.advanceNs(500_000_000L);
            }
            pending.close();
            clock.advanceNs(500_000_000L);
            ExecutionException stopped =
                    assertThrows(ExecutionException.class, () -> heard.get(20, TimeUnit.SECONDS));
            assertEquals(
                    EtcdError.STOPPED,
                    assertInstanceOf(RequestException.class, stopped.getCause()).error());
        }
    }

    @Test
    void shouldNotTellWhatIsKnown() {
        files.createDirectories(Path.of("/data"));
        try (MvccStore store = MvccStore.open(platform, Path.of("/data/db"), MvccOptions.DEFAULT)) {
            MembershipStore membership = new MembershipStore(store.backend());
            membership.keep(new Members(List.of(SELF), Set.of()));
            SelfIntroduction.begin(membership, null, clock, SELF).join();
        }
    }

    private Proposer proposer(ReplicationLoop loop, PendingProposals pending, StageRecorder stages) {
        return new Proposer(
                new Proposer.Path(
                        loop,
                        () -> 0,
                        () -> 0,
                        pending,
                        new RequestIds(1, 0, 0, 1),
                        _ -> CompletableFuture.completedFuture(Caller.NOBODY)),
                1000,
                clock,
                stages,
                counters);
    }

    /// What was proposed before is answered: the loop takes one event after the other.
    private static void awaitAnswer(ReplicationLoop loop, PendingProposals pending) {
        loop.status().orTimeout(20, TimeUnit.SECONDS).join();
        loop.status().orTimeout(20, TimeUnit.SECONDS).join();
        assertEquals(0, pending.count());
    }
}
