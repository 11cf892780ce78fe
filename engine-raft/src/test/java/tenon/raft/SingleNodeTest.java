package tenon.raft;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tenon.api.ConfChange;
import tenon.api.ConfState;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.HardState;
import tenon.api.MisuseException;
import tenon.api.ProposalDroppedException;
import tenon.api.RaftRole;
import tenon.api.ReadState;
import tenon.api.Ready;
import tenon.api.SnapshotMark;

/// A cluster of one: what it stores, commits and hands out, step by step.
class SingleNodeTest {
    private static final ConfState ALONE = ConfState.ofVoters(Set.of(1L));

    private final RaftNode node = new RaftNode(RaftOptions.of(1).build(), RecoveredState.empty(ALONE));

    private Ready storeNext() {
        assertTrue(node.hasReady());
        Ready ready = node.ready();
        node.onStored(ready.number());
        return ready;
    }

    /// Elects the node and applies its first, empty entry.
    private void elect() {
        node.campaign();
        storeNext();
        storeNext();
        Ready applied = storeNext();
        assertEquals(List.of(1L), applied.committedEntries().stream().map(Entry::raftIndex).toList());
        node.onApplied(1);
        assertFalse(node.hasReady());
    }

    @Test
    void shouldLeadOnlyOnceItsVoteIsStored() {
        node.campaign();
        Ready vote = node.ready();
        assertEquals(new HardState(1, 1, 0), vote.hardState());
        assertTrue(vote.mustSync());
        assertEquals(RaftRole.CANDIDATE, node.status().role());
        node.onStored(vote.number());
        assertEquals(RaftRole.LEADER, node.status().role());
        Ready first = node.ready();
        assertEquals(1, first.entriesToStore().size());
        assertEquals(0, first.entriesToStore().getFirst().data().length);
        assertEquals(1, first.softState().leaderId());
    }

    @Test
    void shouldElectItselfAfterTicksAlone() {
        for (int i = 0; i < 20; i++) {
            node.tick();
        }
        storeNext();
        assertEquals(RaftRole.LEADER, node.status().role());
    }

    @Test
    void shouldPutABatchOfProposalsIntoOneReadyAndCommitThemWhenStored() {
        elect();
        node.propose(List.of(new byte[] {1}, new byte[] {2}));
        node.propose(List.of(new byte[] {3}));
        Ready ready = node.ready();
        assertEquals(List.of(2L, 3L, 4L), ready.entriesToStore().stream().map(Entry::raftIndex).toList());
        assertTrue(ready.committedEntries().isEmpty());
        assertTrue(ready.messages().isEmpty());
        assertFalse(node.hasReady());
        node.onStored(ready.number());
        Ready committed = node.ready();
        assertEquals(ready.entriesToStore(), committed.committedEntries());
        assertEquals(4, committed.hardState().commitIndex());
        assertFalse(committed.mustSync());
        assertArrayEquals(new byte[] {3}, committed.committedEntries().getLast().data());
    }

    @Test
    void shouldCommitOnlyWhatIsStoredWhenSeveralReadiesAreUnderWay() {
        elect();
        node.propose(List.of(new byte[1]));
        Ready first = node.ready();
        node.propose(List.of(new byte[1]));
        Ready second = node.ready();
        node.onStored(first.number());
        assertEquals(2, node.status().hardState().commitIndex());
        node.onStored(second.number());
        assertEquals(3, node.status().hardState().commitIndex());
        assertEquals(2, node.ready().committedEntries().size());
    }

    @Test
    void shouldAnswerReadsAtOnceWhenItHasCommittedInItsTerm() {
        node.campaign();
        storeNext();
        node.readIndex(7);
        assertTrue(storeNext().readStates().isEmpty());
        assertEquals(List.of(new ReadState(7, 1)), storeNext().readStates());
        node.readIndex(8);
        assertEquals(List.of(new ReadState(8, 1)), storeNext().readStates());
    }

    @Test
    void shouldGoOnFromWhatWasStored() {
        List<Entry> entries = List.of(
                new Entry(3, 6, EntryType.NORMAL, new byte[1]),
                new Entry(3, 7, EntryType.NORMAL, new byte[1]));
        RaftNode restarted = RaftNode.start(
                RaftOptions.of(1).build(),
                new RecoveredState(new SnapshotMark(2, 5), new HardState(4, 1, 6), entries, ALONE, 5));
        Ready ready = restarted.ready();
        assertEquals(entries.subList(0, 1), ready.committedEntries());
        restarted.onStored(ready.number());
        restarted.onApplied(6);
        restarted.campaign();
        restarted.onStored(restarted.ready().number());
        restarted.onStored(restarted.ready().number());
        assertEquals(List.of(7L, 8L), restarted.ready().committedEntries().stream().map(Entry::raftIndex).toList());
        assertEquals(5, restarted.status().hardState().term());
    }

    @Test
    void shouldLeadAtOnceAfterARestartThoughALeaseMayHaveBeenGranted() {
        RaftNode restarted = new RaftNode(
                RaftOptions.of(1).readMode(ReadMode.LEASE).build(),
                new RecoveredState(SnapshotMark.NONE, new HardState(4, 1, 0), List.of(), ALONE, 0));
        restarted.campaign();
        restarted.onStored(restarted.ready().number());
        assertEquals(RaftRole.LEADER, restarted.status().role());
    }

    @Test
    void shouldLeadAsFounderOnceTheFoundingChangeIsApplied() {
        RaftNode founder = RaftNode.start(
                RaftOptions.of(1).build(),
                RecoveredState.founding(List.of(new ConfChange(
                        ConfChange.Transition.AUTO,
                        List.of(new ConfChange.Step(ConfChange.StepType.ADD_VOTER, 1)),
                        new byte[0]))));
        founder.campaign();
        Ready ready = founder.ready();
        assertEquals(1, ready.committedEntries().size());
        assertTrue(ready.entriesToStore().isEmpty());
        assertEquals(
                ALONE,
                founder.applyConfChange(
                        ConfChangeCodec.decode(ready.committedEntries().getFirst().data())));
        founder.onApplied(1);
        founder.onStored(ready.number());
        founder.onStored(founder.ready().number());
        assertEquals(RaftRole.LEADER, founder.status().role());
    }

    @Test
    void shouldDropProposalsAboveTheLimitOnUncommittedBytesUntilTheyAreHandedOut() {
        RaftNode limited = new RaftNode(
                RaftOptions.of(1).uncommittedSizeMaxBytes(10).build(), RecoveredState.empty(ALONE));
        limited.campaign();
        limited.onStored(limited.ready().number());
        limited.propose(List.of(new byte[20]));
        ProposalDroppedException dropped =
                assertThrows(ProposalDroppedException.class, () -> limited.propose(List.of(new byte[1])));
        assertEquals(ProposalDroppedException.Reason.UNCOMMITTED_SIZE, dropped.reason());
        assertEquals(2, limited.status().lastIndex());
        limited.onStored(limited.ready().number());
        assertEquals(2, limited.ready().committedEntries().size());
        limited.propose(List.of(new byte[10]));
        assertThrows(ProposalDroppedException.class, () -> limited.propose(List.of(new byte[1])));
    }

    @Test
    void shouldDropProposalsWhileItDoesNotLead() {
        ProposalDroppedException dropped =
                assertThrows(ProposalDroppedException.class, () -> node.propose(List.of(new byte[1])));
        assertEquals(ProposalDroppedException.Reason.NO_LEADER, dropped.reason());
        assertThrows(ProposalDroppedException.class, () -> node.readIndex(1));
        assertFalse(node.hasReady());
    }

    @Test
    void shouldKeepListsItHandedOutUnchangedByCompaction() {
        elect();
        node.propose(List.of(new byte[] {9}));
        Ready stored = storeNext();
        Ready committed = storeNext();
        node.onApplied(2);
        node.compact(2);
        assertEquals(2, stored.entriesToStore().getFirst().raftIndex());
        assertEquals(2, committed.committedEntries().getFirst().raftIndex());
        node.compact(1);
        node.propose(List.of(new byte[] {10}));
        assertEquals(3, storeNext().entriesToStore().getFirst().raftIndex());
    }

    @Test
    void shouldRefuseCallsThatBreakTheContract() {
        elect();
        assertThrows(MisuseException.class, () -> node.onStored(99));
        assertThrows(MisuseException.class, () -> node.onStored(1));
        assertThrows(MisuseException.class, () -> node.onApplied(2));
        assertThrows(MisuseException.class, () -> node.compact(2));
        assertFalse(node.hasReady());
    }
}
