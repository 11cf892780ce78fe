package tenon.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tenon.api.ConfState;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.HardState;
import tenon.api.Message;
import tenon.api.Message.Append;
import tenon.api.Message.AppendResponse;
import tenon.api.Message.Heartbeat;
import tenon.api.Message.InstallSnapshot;
import tenon.api.RaftStatus;
import tenon.api.SnapshotMark;

/// Messages that no sane node sends change nothing, in any role.
class ProtocolViolationTest {
    private static final ConfState THREE = ConfState.ofVoters(Set.of(1L, 2L, 3L));
    private static final long TERM = 4;

    /// With three entries of terms 1, 2, 2, the first two committed and applied.
    private static Peerless follower() {
        Peerless follower = Peerless.ofPaper(3, new HardState(TERM, 0, 2), 1, 2, 2);
        follower.step(new Heartbeat(2, 1, TERM, 0, 0));
        return follower;
    }

    private static Peerless candidate() {
        Peerless candidate = Peerless.ofPaper(3, new HardState(TERM - 1, 0, 2), 1, 2, 2);
        candidate.settle();
        candidate.node.campaign();
        candidate.settle();
        return candidate;
    }

    private static Peerless leader() {
        Peerless leader = Peerless.ofPaper(3, new HardState(TERM - 1, 0, 2), 1, 2, 2);
        leader.settle();
        leader.elect();
        return leader;
    }

    private static InstallSnapshot snapshot(long term, long index, ConfState confState) {
        return new InstallSnapshot(2, 1, TERM + 1, new SnapshotMark(term, index), confState);
    }

    /// What contradicts what is committed here, or itself, from a node that may lead in a later term.
    private static Stream<Message> fromLeaders() {
        Entry later = new Entry(TERM + 2, 4, EntryType.NORMAL, new byte[0]);
        return Stream.of(
                new Append(2, 1, TERM + 1, 1, 2, List.of(), 0),
                new Append(2, 1, TERM + 1, 1, 1, Peerless.entries(1, 3), 0),
                new Append(2, 1, TERM + 1, 0, 0, Peerless.entries(0, 2, 2), 0),
                new Append(2, 1, TERM + 1, 2, 3, Peerless.entries(4, 4), 0),
                new Append(2, 1, TERM + 1, 2, 3, Peerless.entries(3, 4, 3), 0),
                new Append(2, 1, TERM + 1, 2, 3, List.of(later), 0),
                snapshot(2, 9, new ConfState(Set.of(1L), Set.of(), Set.of(1L), Set.of(), false)),
                snapshot(2, 9, ConfState.ofVoters(Set.of())),
                snapshot(TERM + 2, 9, THREE),
                snapshot(1, 2, THREE));
    }

    @TestFactory
    Stream<DynamicTest> shouldChangeNothingWhateverALeaderSays() {
        return fromLeaders().flatMap(message -> Stream.of(
                test("follower", follower(), message),
                test("candidate", candidate(), message),
                test("leader", leader(), message)));
    }

    @TestFactory
    Stream<DynamicTest> shouldChangeNothingWhenTwoLeadInATerm() {
        return Stream.of(
                test("follower", follower(), new Heartbeat(3, 1, TERM, 0, 0)),
                test("follower", follower(), new Append(3, 1, TERM, 2, 3, List.of(), 0)),
                test("leader", leader(), new Heartbeat(3, 1, TERM, 0, 0)),
                test("leader", leader(), new Append(3, 1, TERM, 2, 3, List.of(), 0)));
    }

    @TestFactory
    Stream<DynamicTest> shouldChangeNothingWhenAnAcknowledgementIsOfNoEntry() {
        Peerless leader = leader();
        for (int tick = 0; tick < 3; tick++) {
            leader.tick(Peerless.ELECTION_TICKS);
        }
        return Stream.of(test("leader", leader, new AppendResponse(2, 1, TERM, 5, false, 0, 0)));
    }

    private static DynamicTest test(String role, Peerless node, Message message) {
        return DynamicTest.dynamicTest(role + ": " + message, () -> {
            RaftStatus before = node.node.status();
            assertThrows(ProtocolViolationException.class, () -> node.node.step(message));
            assertEquals(before, node.node.status());
            assertFalse(node.node.hasReady());
            node.tick(1);
        });
    }
}
