package tenon.server.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
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

/// Reads that come while the loop is at something else cost one confirmation, however many they are.
@Timeout(60)
class SharedReadsTest {
    private static final int READ_COUNT = 1_000;
    private static final long LEADER = 2;
    private static final long TERM = 5;
    private static final ReplicationLoop.Pace PACE = new ReplicationLoop.Pace(100_000_000L, 1_000_000_000L);

    private final Platform platform = Platform.system().withClock(new ManualClock());
    private final StageRecorder stages = new StageRecorder();
    private final NodeCounters counters = new NodeCounters();
    private final List<Message> sent = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private final Log log = (Log) Proxy.newProxyInstance(
            Log.class.getClassLoader(),
            new Class<?>[] {Log.class},
            (_, method, _) -> method.getName().equals("stats") ? new LogStats(1, 1024, 0, 0, 0) : null);
    private final LogWriter writer =
            new LogWriter(log, HardState.INITIAL, platform, stages, new LatencyRecorder(), sent::addAll);
    private ReplicationLoop loop;

    private void start(Set<Long> voters) {
        RecoveredState first = RecoveredState.founding(voters);
        RecoveredState founded = new RecoveredState(
                first.snapshot(), first.hardState(), first.entries(), ConfState.ofVoters(voters), 1);
        loop = new ReplicationLoop(
                RaftNode.start(RaftOptions.of(1).build(), founded), platform, sent::addAll, stages, counters);
        writer.start(loop::onStored, failure::complete);
        boolean isAlone = voters.size() == 1;
        loop.start(new ReplicationLoop.Wiring(writer, _ -> {}, () -> 1, () -> 0, PACE, _ -> {}, failure::complete), isAlone);
    }

    @AfterEach
    void stop() {
        loop.close();
        writer.close();
        assertEquals(null, failure.getNow(null));
    }

    /// Reads that all wait while somebody has the loop's turn.
    private List<CompletableFuture<Long>> readAtOnce() throws InterruptedException {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        Thread holder = Thread.ofPlatform().start(() -> loop.awaitLeader(_ -> {
            held.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return true;
        }));
        held.await();
        List<CompletableFuture<Long>> reads =
                Stream.generate(loop::confirmRead).limit(READ_COUNT).toList();
        released.countDown();
        holder.join();
        return reads;
    }

    private List<Message.ReadIndex> questions() {
        return sent.stream()
                .filter(Message.ReadIndex.class::isInstance)
                .map(Message.ReadIndex.class::cast)
                .toList();
    }

    @Test
    void shouldAskTheLeaderOnce() throws InterruptedException {
        start(Set.of(1L, LEADER, 3L));
        loop.step(new Message.Heartbeat(LEADER, 1, TERM, 0, 0));
        List<CompletableFuture<Long>> reads = readAtOnce();
        while (questions().isEmpty()) {
            loop.status().join();
        }
        Message.ReadIndex question = questions().getFirst();
        assertEquals(LEADER, question.to());
        loop.step(new Message.ReadIndexResponse(LEADER, 1, TERM, question.context(), 9));
        reads.forEach(read -> assertEquals(9, read.join()));
        assertEquals(1, questions().size());
        assertEquals(1, counters.readIndexRounds.sum());
        assertEquals(READ_COUNT, counters.linearizableReads.sum());
    }

    @Test
    void shouldConfirmItsOwnLeadershipOnce() throws InterruptedException {
        start(Set.of(1L));
        loop.awaitLeader(leaderId -> leaderId == 1).join();
        loop.confirmRead().join();
        long rounds = counters.readIndexRounds.sum();
        readAtOnce().forEach(CompletableFuture::join);
        assertEquals(1, counters.readIndexRounds.sum() - rounds);
    }
}
