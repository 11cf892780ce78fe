package tenon.server.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
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

/// W13: a leader's entries are on their way to its peers while its own disk is still at it; a vote is not given, and
/// an entry of its own not counted, before the disk has it. The log's disk hangs whenever the test wants.
@Timeout(60)
class W13StoreBeforeAnswerTest {
    private static final ReplicationLoop.Pace PACE =
            new ReplicationLoop.Pace(100_000_000L, 1_000_000_000L);
    private static final long SECONDS_MAX = 20;

    private final Platform platform = Platform.system().withClock(new ManualClock());
    private final StageRecorder stages = new StageRecorder();
    private final LinkedBlockingQueue<Message> sent = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<Boolean> syncsBegun = new LinkedBlockingQueue<>();
    private volatile CountDownLatch stalled = new CountDownLatch(0);

    private final Log log = (Log) Proxy.newProxyInstance(
            Log.class.getClassLoader(), new Class<?>[] {Log.class}, (_, method, _) -> switch (method.getName()) {
                case "sync" -> {
                    syncsBegun.add(true);
                    assertTrue(stalled.await(SECONDS_MAX, TimeUnit.SECONDS));
                    yield null;
                }
                case "stats" -> new LogStats(1, 1024, 0, 0, 0);
                default -> null;
            });
    private final LogWriter writer =
            new LogWriter(log, HardState.INITIAL, platform, stages, new LatencyRecorder(), sent::addAll);
    private final ReplicationLoop loop = new ReplicationLoop(
            RaftNode.start(
                    RaftOptions.of(1).preVote(false).checkQuorum(false).build(),
                    founded(Set.of(1L, 2L, 3L))),
            platform,
            sent::addAll,
            stages,
            new NodeCounters());
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();

    /// A node that has applied the founding.
    private static RecoveredState founded(Set<Long> voters) {
        RecoveredState first = RecoveredState.founding(voters);
        return new RecoveredState(
                first.snapshot(), first.hardState(), first.entries(), ConfState.ofVoters(voters), 1);
    }

    private void start() {
        writer.start(loop::onStored, failure::complete);
        loop.start(new ReplicationLoop.Wiring(writer, _ -> {}, () -> 1, () -> 0, PACE, _ -> {}, failure::complete), true);
    }

    private void stall() {
        syncsBegun.clear();
        stalled = new CountDownLatch(1);
    }

    private void goOn() {
        stalled.countDown();
    }

    @AfterEach
    void stop() {
        goOn();
        loop.close();
        writer.close();
        assertEquals(null, failure.getNow(null));
    }

    private <T extends Message> T awaitSent(Class<T> type) throws InterruptedException {
        while (true) {
            Message message = sent.poll(SECONDS_MAX, TimeUnit.SECONDS);
            assertTrue(message != null, "no " + type.getSimpleName() + " was sent");
            if (type.isInstance(message)) {
                return type.cast(message);
            }
        }
    }

    private void awaitSync() throws InterruptedException {
        assertTrue(syncsBegun.poll(SECONDS_MAX, TimeUnit.SECONDS) != null, "no sync");
    }

    /// What the loop was told before is done when it has answered this.
    private void settle() {
        loop.confirmRead().handle((_, _) -> null).orTimeout(1, TimeUnit.SECONDS).exceptionally(_ -> null).join();
    }

    private void awaitCommitIndex(long wanted) throws InterruptedException {
        while (loop.view().commitIndex() < wanted) {
            Thread.sleep(1);
        }
    }

    @Test
    void shouldAskForVotesOnlyWhenItsOwnIsDurable() throws InterruptedException {
        stall();
        start();
        awaitSync();
        settle();
        assertEquals(List.of(), List.copyOf(sent), "said to others before it was durable");
        goOn();
        assertEquals(2, awaitSent(Message.Vote.class).term());
    }

    @Test
    void shouldSendEntriesWhileTheDiskIsAtItAndCountItselfWhenItIsDone() throws InterruptedException {
        start();
        awaitSent(Message.Vote.class);
        loop.step(new Message.VoteResponse(2, 1, 2, false, false, 0, 0));
        Message.Append first = awaitSent(Message.Append.class);
        assertEquals(1, first.entries().size());
        loop.step(new Message.AppendResponse(2, 1, 2, 2, false, 0, 0));
        awaitCommitIndex(2);
        sent.clear();

        stall();
        loop.propose(new byte[] {7});
        awaitSync();
        Message.Append append = awaitSent(Message.Append.class);
        while (append.to() != 2 || append.entries().isEmpty()) {
            append = awaitSent(Message.Append.class);
        }
        assertEquals(3, append.entries().getLast().raftIndex());
        assertEquals(1, stalled.getCount(), "the own disk still hangs");
        loop.step(new Message.AppendResponse(2, 1, 2, 3, false, 0, 0));
        settle();
        assertEquals(2, loop.view().commitIndex(), "one of three has it");
        goOn();
        awaitCommitIndex(3);
    }
}
