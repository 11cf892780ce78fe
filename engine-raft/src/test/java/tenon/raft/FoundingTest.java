package tenon.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tenon.api.ConfChange;
import tenon.api.ConfChange.Step;
import tenon.api.ConfChange.StepType;
import tenon.api.ConfChange.Transition;
import tenon.api.ConfState;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.HardState;
import tenon.api.Message;
import tenon.api.MisuseException;
import tenon.api.RaftRole;
import tenon.api.Ready;
import tenon.api.SnapshotMark;

/// How a cluster begins: in its log, so that whoever reads the log from its begin knows all members.
class FoundingTest {
    private static final RaftOptions OPTIONS = RaftOptions.of(9).build();

    private static ConfChange change(Transition transition, Step... steps) {
        return new ConfChange(transition, List.of(steps), new byte[0]);
    }

    private static Step adding(long voter) {
        return new Step(StepType.ADD_VOTER, voter);
    }

    @Test
    void shouldMakeAllFoundersVotersByOneEntry() {
        RaftNode founder = RaftNode.start(RaftOptions.of(1).build(), RecoveredState.founding(Set.of(3L, 1L, 2L)));
        assertEquals(ConfState.ofVoters(Set.of()), founder.status().confState());
        Ready ready = founder.ready();
        Entry founding = ready.committedEntries().getFirst();
        assertEquals(
                ConfState.ofVoters(Set.of(1L, 2L, 3L)),
                founder.applyConfChange(ConfChangeCodec.decode(founding.data())));
        founder.onApplied(1);
        assertEquals(
                RecoveredState.founding(Set.of(1L, 2L, 3L)).entries(),
                RecoveredState.founding(Set.of(3L, 2L, 1L)).entries(),
                "the same at all founders");
    }

    @Test
    void shouldLetAJoinerWaitWithoutFoundingAnything() {
        RaftNode joiner = RaftNode.start(OPTIONS, RecoveredState.joining());
        for (int i = 0; i < 100; i++) {
            joiner.tick();
        }
        joiner.campaign();
        assertFalse(joiner.hasReady());
        assertEquals(RaftRole.FOLLOWER, joiner.status().role());
        assertEquals(HardState.INITIAL, joiner.status().hardState());
    }

    @Test
    void shouldTeachAJoinerTheFoundersFromTheLogAlone() {
        RaftNode joiner = RaftNode.start(OPTIONS, RecoveredState.joining());
        List<Entry> log = RecoveredState.founding(Set.of(1L, 2L)).entries();
        joiner.step(new Message.Append(1, 9, 2, 0, 0, log, 1));
        Ready ready = joiner.ready();
        joiner.onStored(ready.number());
        Entry founding = joiner.ready().committedEntries().getFirst();
        assertEquals(Set.of(1L, 2L), joiner.applyConfChange(ConfChangeCodec.decode(founding.data())).voters());
    }

    @Test
    void shouldRefuseAConfigurationThatNothingAccountsFor() {
        ConfState outside = ConfState.ofVoters(Set.of(9L));
        assertThrows(MisuseException.class, () -> RaftNode.start(OPTIONS, RecoveredState.empty(outside)));
        List<Entry> entries = List.of(new Entry(1, 1, EntryType.NORMAL, new byte[0]));
        HardState hardState = new HardState(1, 0, 1);
        RecoveredState unfounded =
                new RecoveredState(SnapshotMark.NONE, hardState, entries, ConfState.ofVoters(Set.of()), 0);
        assertThrows(MisuseException.class, () -> RaftNode.start(OPTIONS, unfounded));
        RaftNode.start(OPTIONS, new RecoveredState(SnapshotMark.NONE, hardState, entries, outside, 1));
        RaftNode.start(OPTIONS, new RecoveredState(new SnapshotMark(1, 1), hardState, List.of(), outside, 1));
    }

    @Test
    void shouldRefuseAFoundingWithoutVoters() {
        assertThrows(MisuseException.class, () -> RecoveredState.founding(Set.of()));
        assertThrows(MisuseException.class, () -> RecoveredState.founding(List.of()));
        assertThrows(
                MisuseException.class,
                () -> RecoveredState.founding(List.of(change(Transition.AUTO, new Step(StepType.ADD_LEARNER, 1)))));
        assertThrows(
                MisuseException.class,
                () -> RecoveredState.founding(
                        List.of(change(Transition.AUTO, adding(1)), change(Transition.AUTO, new Step(StepType.REMOVE, 1)))));
        assertThrows(MisuseException.class, () -> RecoveredState.founding(Set.of(0L)));
    }

    @Test
    void shouldFoundByChangesOfAnyKind() {
        RecoveredState founding = RecoveredState.founding(List.of(
                change(Transition.JOINT_IMPLICIT, adding(1), adding(2)),
                change(Transition.AUTO, new Step(StepType.ADD_LEARNER, 3))));
        assertEquals(2, founding.entries().size());
        assertEquals(new HardState(1, 0, 2), founding.hardState());
    }

    @Test
    void shouldTellWhoMustBeToldWhatItIs() {
        assertTrue(RecoveredState.joining().isBlank());
        assertFalse(RecoveredState.founding(Set.of(1L)).isBlank());
        ConfState nobody = ConfState.ofVoters(Set.of());
        assertFalse(new RecoveredState(SnapshotMark.NONE, new HardState(1, 2, 0), List.of(), nobody, 0).isBlank());
    }
}
