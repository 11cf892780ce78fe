package tenon.server.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import tenon.api.ConfState;
import tenon.api.HardState;
import tenon.api.Log;
import tenon.api.LogStats;
import tenon.api.Message;
import tenon.api.Platform;
import tenon.raft.RaftNode;
import tenon.raft.RaftOptions;
import tenon.raft.RecoveredState;
import tenon.server.metrics.LatencyRecorder;
import tenon.server.metrics.NodeCounters;
import tenon.server.metrics.StageRecorder;
import tenon.testkit.ManualClock;

/// The loop of node 1, whose clock stands still and whose log keeps nothing. Messages to others go nowhere and are kept.
final class TestLoop implements AutoCloseable {
    private static final ReplicationLoop.Pace PACE = new ReplicationLoop.Pace(100_000_000L, 1_000_000_000L);

    final NodeCounters counters = new NodeCounters();
    final ReplicationLoop loop;
    private final List<Message> sent = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private final LogWriter writer;

    /// @param voters founders of its cluster
    TestLoop(Set<Long> voters) {
        Platform platform = Platform.system().withClock(new ManualClock());
        StageRecorder stages = new StageRecorder();
        Log log = (Log) Proxy.newProxyInstance(
                Log.class.getClassLoader(),
                new Class<?>[] {Log.class},
                (_, method, _) -> method.getName().equals("stats") ? new LogStats(1, 1024, 0, 0, 0) : null);
        writer = new LogWriter(log, HardState.INITIAL, platform, stages, new LatencyRecorder(), sent::addAll);
        loop = new ReplicationLoop(
                RaftNode.start(RaftOptions.of(1).build(), founded(voters)), platform, sent::addAll, stages, counters);
        writer.start(loop::onStored, failure::complete);
        boolean isAlone = voters.size() == 1;
        loop.start(new ReplicationLoop.Wiring(writer, _ -> {}, () -> 1, () -> 0, PACE, _ -> {}, failure::complete), isAlone);
    }

    private static RecoveredState founded(Set<Long> voters) {
        RecoveredState first = RecoveredState.founding(voters);
        return new RecoveredState(
                first.snapshot(), first.hardState(), first.entries(), ConfState.ofVoters(voters), 1);
    }

    /// What it has sent of one kind.
    <M extends Message> List<M> sent(Class<M> kind) {
        return sent.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /// Returns when the loop has had one more round, at least.
    void settle() {
        loop.status().join();
    }

    @Override
    public void close() {
        loop.close();
        writer.close();
        assertEquals(null, failure.getNow(null));
    }
}
