package tenon.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tenon.api.ConfChange;
import tenon.api.ConfChange.StepType;
import tenon.api.ConfState;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.HardState;
import tenon.api.Message;
import tenon.api.MisuseException;
import tenon.api.RaftRole;
import tenon.api.RaftStatus.Replication;
import tenon.api.Ready;
import tenon.api.SnapshotMark;

/// The contract of the caller, by the numbers of the package document: what a breach meets with, and what the node
/// promises to who keeps it.
class ContractTest {
    private static final ConfState THREE = ConfState.ofVoters(Set.of(1L, 2L, 3L));

    private static ConfChange change(StepType type, long nodeId) {
        return new ConfChange(ConfChange.Transition.AUTO, List.of(new ConfChange.Step(type, nodeId)), new byte[0]);
    }

    /// A lone leader that has applied all it has: its founding, at 1, and its first entry, at 2.
    private static RaftNode leader() {
        RaftNode node = RaftNode.start(RaftOptions.of(1).build(), RecoveredState.founding(Set.of(1L)));
        node.campaign();
        settle(node);
        assertEquals(RaftRole.LEADER, node.status().role());
        return node;
    }

    private static void settle(RaftNode node) {
        while (node.hasReady()) {
            Ready ready = node.ready();
            node.onStored(ready.number());
            apply(node, ready.committedEntries());
        }
    }

    private static void apply(RaftNode node, List<Entry> entries) {
        for (Entry entry : entries) {
            if (entry.type() == EntryType.CONF_CHANGE) {
                node.applyConfChange(ConfChangeCodec.decode(entry.data()));
            }
            node.onApplied(entry.raftIndex());
        }
    }

    /// Proposes and stores an entry, and takes it to be applied.
    private static Ready committed(RaftNode node, ConfChange change) {
        node.proposeConfChange(change);
        node.onStored(node.ready().number());
        Ready ready = node.ready();
        node.onStored(ready.number());
        return ready;
    }

    private static void refuses(RaftNode node, Runnable breach) {
        String before = node.status().toString();
        assertThrows(MisuseException.class, breach::run);
        assertEquals(before, node.status().toString(), "a breach changes nothing");
    }

    @Test
    void shouldHaveATestForEachNumber() throws IOException {
        String document = Files.readString(Path.of("src/main/java/tenon/raft/package-info.java"));
        String contract = document.substring(
                document.indexOf("## Contract of the caller"), document.indexOf("## Starting a cluster"));
        Set<String> numbers = new TreeSet<>();
        Matcher number = Pattern.compile("^/// (\\d+)\\. ", Pattern.MULTILINE).matcher(contract);
        while (number.find()) {
            numbers.add(number.group(1));
        }
        Set<String> tested = new TreeSet<>();
        for (Method method : ContractTest.class.getDeclaredMethods()) {
            Matcher name = Pattern.compile("contract(\\d+)Should.*").matcher(method.getName());
            if (name.matches() && method.isAnnotationPresent(Test.class)) {
                tested.add(name.group(1));
            }
        }
        assertEquals(numbers, tested);
        assertTrue(numbers.size() >= 9);
    }

    // --- 1

    @Test
    void contract1ShouldRefuseASecondThreadWhileOneIsAtIt() throws InterruptedException {
        RaftNode node = leader();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch refused = new CountDownLatch(1);
        List<byte[]> slow = new AbstractList<>() {
            @Override
            public byte[] get(int index) {
                inside.countDown();
                awaitUninterrupted(refused);
                return new byte[] {1};
            }

            @Override
            public int size() {
                return 1;
            }
        };
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread first = new Thread(() -> node.propose(slow));
        first.setUncaughtExceptionHandler((_, cause) -> failure.set(cause));
        first.start();
        awaitUninterrupted(inside);
        assertThrows(MisuseException.class, node::tick);
        assertThrows(MisuseException.class, node::hasReady);
        assertThrows(MisuseException.class, node::status);
        refused.countDown();
        first.join();
        assertEquals(null, failure.get());
        assertEquals(3, node.status().lastIndex(), "whose turn it was went on");
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void contract1ShouldRefuseACallFromWithinACall() {
        RaftNode node = leader();
        List<byte[]> calling = new AbstractList<>() {
            @Override
            public byte[] get(int index) {
                node.tick();
                return new byte[0];
            }

            @Override
            public int size() {
                return 1;
            }
        };
        refuses(node, () -> node.propose(calling));
    }

    @Test
    void contract1ShouldHandOutTheNextReadyWhileOthersAreUnderWay() {
        RaftNode node = leader();
        for (int i = 0; i < 3; i++) {
            node.propose(List.of(new byte[] {1}));
            assertEquals(3 + i, node.ready().entriesToStore().getFirst().raftIndex());
        }
    }

    // --- 2

    @Test
    void contract2ShouldRefuseANumberThatIsNotUnderWay() {
        RaftNode node = leader();
        node.propose(List.of(new byte[] {1}));
        long first = node.ready().number();
        refuses(node, () -> node.onStored(first + 1));
        node.propose(List.of(new byte[] {2}));
        long second = node.ready().number();
        node.onStored(second);
        assertEquals(4, node.status().hardState().commitIndex(), "it speaks for the one before too");
        refuses(node, () -> node.onStored(second));
        refuses(node, () -> node.onStored(first));
    }

    // --- 3

    @Test
    void contract3ShouldComeToTheSameThoughMessagesAreDoubledAndOutOfOrder() {
        List<Message> messages = new ArrayList<>();
        for (long index = 0; index < 4; index++) {
            messages.add(new Message.Append(2, 1, 1, index == 0 ? 0 : 1, index, Peerless.entries(index, 1), index));
            messages.add(new Message.Heartbeat(2, 1, 1, index, 0));
        }
        Peerless inOrder = Peerless.ofPaper(3, HardState.INITIAL);
        messages.forEach(inOrder::step);
        Peerless disordered = Peerless.ofPaper(3, HardState.INITIAL);
        for (int repetition = 0; repetition < 4; repetition++) {
            Collections.reverse(messages);
            messages.forEach(disordered::step);
        }
        messages.forEach(disordered::step);
        assertEquals(inOrder.applied, disordered.applied);
        assertEquals(inOrder.hardState, disordered.hardState);
        assertEquals(3, inOrder.applied.size());
    }

    @Test
    void contract3ShouldKeepBackWhatPromisesUntilItIsStored() {
        Peerless follower = Peerless.ofPaper(3, HardState.INITIAL);
        follower.node.step(new Message.Append(2, 1, 1, 0, 0, Peerless.entries(0, 1), 0));
        Ready ready = follower.node.ready();
        assertTrue(ready.messages().isEmpty());
        assertInstanceOf(Message.AppendResponse.class, ready.messagesAfterStored().getFirst());
    }

    // --- 4

    @Test
    void contract4ShouldRefuseAnIndexThatWasNotHandedOut() {
        RaftNode node = leader();
        node.propose(List.of(new byte[] {1}));
        node.onStored(node.ready().number());
        assertEquals(3, node.status().hardState().commitIndex());
        refuses(node, () -> node.onApplied(3));
        assertEquals(List.of(3L), node.ready().committedEntries().stream().map(Entry::raftIndex).toList());
        node.onApplied(3);
        assertTrue(node.ready().committedEntries().isEmpty(), "nothing is handed out twice");
    }

    // --- 5

    @Test
    void contract5ShouldKnowNoTimeButTicks() {
        Peerless follower = Peerless.ofPaper(3, HardState.INITIAL);
        follower.step(new Message.Heartbeat(2, 1, 1, 0, 0));
        for (int i = 0; i < 1000; i++) {
            follower.step(new Message.Append(2, 1, 1, 0, 0, List.of(), 0));
            assertFalse(follower.node.hasReady());
        }
        assertTrue(follower.tick(Peerless.ELECTION_TICKS - 1).isEmpty());
        assertEquals(2, follower.tick(Peerless.ELECTION_TICKS).size(), "it asks both for votes");
    }

    // --- 6

    @Test
    void contract6ShouldRefuseToPassOverAChangeThatIsNotInForce() {
        RaftNode node = leader();
        ConfChange change = change(StepType.ADD_LEARNER, 2);
        Ready ready = committed(node, change);
        refuses(node, () -> node.onApplied(3));
        node.onApplied(2);
        assertEquals(ready.committedEntries().getLast().raftIndex(), 3);
        assertEquals(Set.of(2L), node.applyConfChange(change).learners());
        node.onApplied(3);
        assertEquals(3, node.status().appliedIndex());
    }

    @Test
    void contract6ShouldRefuseAChangeThatWasNotHandedOut() {
        RaftNode node = leader();
        ConfChange change = change(StepType.ADD_LEARNER, 2);
        refuses(node, () -> node.applyConfChange(change));
        node.proposeConfChange(change);
        refuses(node, () -> node.applyConfChange(change));
        node.onStored(node.ready().number());
        refuses(node, () -> node.applyConfChange(change));
        assertEquals(1, node.ready().committedEntries().size());
        refuses(node, () -> node.applyConfChange(change(StepType.ADD_VOTER, 2)));
        refuses(node, () -> node.applyConfChange(new ConfChange(
                ConfChange.Transition.JOINT_EXPLICIT, change.steps(), change.context())));
        node.applyConfChange(change);
        refuses(node, () -> node.applyConfChange(change));
    }

    @Test
    void contract6ShouldTakeAChangeWithoutStepsForOneThatTheStateMachineRefuses() {
        RaftNode node = leader();
        committed(node, change(StepType.ADD_LEARNER, 2));
        ConfChange nothing = new ConfChange(ConfChange.Transition.AUTO, List.of(), new byte[0]);
        assertEquals(ConfState.ofVoters(Set.of(1L)), node.applyConfChange(nothing));
        node.onApplied(3);
        node.proposeConfChange(change(StepType.ADD_LEARNER, 3));
    }

    // --- 7

    /// A leader that wants to send a snapshot at 3 to node 2.
    private static Peerless sendingSnapshot() {
        Peerless leader = Peerless.ofPaper(3, HardState.INITIAL);
        leader.elect();
        leader.node.propose(List.of(new byte[1], new byte[1]));
        leader.settle();
        leader.step(new Message.AppendResponse(3, 1, 1, 3, false, 0, 0));
        leader.node.compact(3);
        List<Message> sent = leader.step(new Message.AppendResponse(2, 1, 1, 0, true, 0, 0));
        Message.InstallSnapshot snapshot = assertInstanceOf(Message.InstallSnapshot.class, sent.getFirst());
        assertEquals(new SnapshotMark(1, 3), snapshot.mark());
        return leader;
    }

    @Test
    void contract7ShouldWaitForTheReportOfASnapshotThatItAskedFor() {
        Peerless leader = sendingSnapshot();
        assertEquals(3, leader.node.status().progress().get(2L).pendingSnapshotIndex());
        leader.node.propose(List.of(new byte[1]));
        assertTrue(leader.settle().stream().noneMatch(message -> message.to() == 2));
        leader.node.onSnapshotSent(2, true);
        assertEquals(Replication.PROBE, leader.node.status().progress().get(2L).replication());
        assertEquals(4, leader.node.status().progress().get(2L).nextIndex());
        leader.node.onSnapshotSent(3, true);
        assertEquals(Replication.REPLICATE, leader.node.status().progress().get(3L).replication(), "none is under way");
    }

    @Test
    void contract7ShouldInstallOnlyWhatComesOutOfAReady() {
        Peerless follower = Peerless.ofPaper(3, new HardState(1, 0, 2), 1, 1);
        Message.InstallSnapshot late = new Message.InstallSnapshot(2, 1, 1, new SnapshotMark(1, 2), THREE);
        follower.node.step(late);
        assertEquals(null, follower.node.ready().snapshot(), "not before what was handed out is applied");
        follower.node.onApplied(2);
        assertEquals(null, follower.node.ready().snapshot(), "out of date");
        Message.InstallSnapshot news = new Message.InstallSnapshot(2, 1, 1, new SnapshotMark(1, 7), THREE);
        follower.node.step(news);
        assertEquals(news, follower.node.ready().snapshot());
        assertEquals(7, follower.node.status().appliedIndex());
    }

    // --- 8

    @Test
    void contract8ShouldRefuseStatesThatContradictThemselves() {
        List<Entry> entries = Peerless.entries(4, 2, 3);
        SnapshotMark mark = new SnapshotMark(2, 4);
        HardState hard = new HardState(3, 0, 5);
        RecoveredState sound = new RecoveredState(mark, hard, entries, THREE, 5);
        RaftNode.start(RaftOptions.of(1).build(), sound);
        assertThrows(MisuseException.class, () -> new RecoveredState(mark, hard, entries, THREE, 3));
        assertThrows(MisuseException.class, () -> new RecoveredState(mark, hard, entries, THREE, 7));
        assertThrows(MisuseException.class, () -> new RecoveredState(mark, new HardState(3, 0, 7), entries, THREE, 5));
        assertThrows(MisuseException.class, () -> new RecoveredState(mark, new HardState(2, 0, 5), entries, THREE, 5));
        assertThrows(
                MisuseException.class, () -> new RecoveredState(mark, hard, Peerless.entries(5, 2, 3), THREE, 5));
        assertThrows(
                MisuseException.class, () -> new RecoveredState(mark, hard, Peerless.entries(4, 3, 2), THREE, 5));
        assertThrows(
                MisuseException.class,
                () -> new RecoveredState(new SnapshotMark(3, 4), hard, entries, THREE, 5),
                "a term before that of the snapshot");
    }

    @Test
    void contract8ShouldHandOutAgainWhatWasCommittedBehindTheAppliedIndex() {
        RaftNode restarted = RaftNode.start(
                RaftOptions.of(1).build(),
                new RecoveredState(new SnapshotMark(2, 4), new HardState(3, 0, 6), Peerless.entries(4, 2, 3), THREE, 5));
        assertEquals(List.of(6L), restarted.ready().committedEntries().stream().map(Entry::raftIndex).toList());
    }

    // --- 9

    @Test
    void contract9ShouldRefuseToForgetWhatIsNotApplied() {
        RaftNode node = leader();
        node.propose(List.of(new byte[] {1}));
        node.onStored(node.ready().number());
        assertEquals(1, node.ready().committedEntries().size());
        refuses(node, () -> node.compact(3));
        node.onApplied(3);
        node.compact(3);
        node.compact(1);
        node.propose(List.of(new byte[] {2}));
        assertEquals(4, node.ready().entriesToStore().getFirst().raftIndex());
    }
}
