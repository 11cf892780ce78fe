package tenon.server.membership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tenon.api.ConfChange;
import tenon.api.ConfState;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.HardState;
import tenon.api.NodeIdentity;
import tenon.api.Platform;
import tenon.api.SnapshotMark;
import tenon.raft.ConfChangeCodec;
import tenon.raft.RecoveredState;
import tenon.server.membership.stored.MemberChange;
import tenon.server.rpc.Member;
import tenon.testkit.SimulatedFileSystem;
import tenon.wal.LogOptions;
import tenon.wal.OpenedLog;
import tenon.wal.SegmentedLog;

/// Members 1 and 2 vote, 3 is a learner; the log of one of them holds five entries, and four are committed.
class ForcedClusterTest {
    private static final Path DIRECTORY = Path.of("/wal");
    private static final Members FOUNDERS = new Members(
            List.of(
                    MemberChangesTest.member(1, "one", false, "http://h1:1"),
                    MemberChangesTest.member(2, "two", false, "http://h2:1")),
            Set.of());
    private static final Member LEARNER = MemberChangesTest.member(3, "", true, "http://h3:1");
    private static final HardState HARD_STATE = new HardState(5, 2, 4);

    private final Platform platform = Platform.system().withFiles(new SimulatedFileSystem());
    private final SegmentedLog log =
            SegmentedLog.create(platform, DIRECTORY, new NodeIdentity(1, 2), LogOptions.DEFAULT);
    private final List<Entry> entries = new ArrayList<>();

    @AfterEach
    void close() {
        log.close();
    }

    private void add(EntryType type, byte[] data) {
        entries.add(new Entry(5, entries.size() + 1L, type, data));
    }

    private void add(MemberChange.Builder change) {
        add(EntryType.CONF_CHANGE, ConfChangeCodec.encode(MemberChanges.encode(change.build())));
    }

    /// The founders are applied, with the second entry.
    private RecoveredState recovered(MemberChange.Builder third) {
        add(MemberChange.newBuilder().setAdd(FOUNDERS.find(1)));
        add(MemberChange.newBuilder().setAdd(FOUNDERS.find(2)));
        add(third);
        add(EntryType.NORMAL, new byte[] {4});
        add(EntryType.NORMAL, new byte[] {5});
        log.append(HARD_STATE, entries);
        return new RecoveredState(
                SnapshotMark.NONE, HARD_STATE, entries, ConfState.ofVoters(Set.of(1L, 2L)), 2);
    }

    private static List<ConfChange.Step> steps(Entry entry) {
        return ConfChangeCodec.decode(entry.data()).steps();
    }

    private static Members applied(RecoveredState state) {
        Members members = FOUNDERS;
        for (Entry entry : state.entries().subList(2, state.entries().size())) {
            if (entry.type() == EntryType.CONF_CHANGE) {
                members = MemberChanges.apply(members, ConfChangeCodec.decode(entry.data()));
            }
        }
        return members;
    }

    @Test
    void shouldRemoveAllOthersBehindWhatIsCommitted() {
        RecoveredState state = ForcedCluster.found(recovered(MemberChange.newBuilder().setAdd(LEARNER)), FOUNDERS, 1, log);
        assertEquals(List.of(FOUNDERS.find(1)), applied(state).all());
        assertEquals(Set.of(2L, 3L), applied(state).removedIds());
        assertEquals(new HardState(5, 2, 6), state.hardState());
        assertEquals(entries.subList(0, 4), state.entries().subList(0, 4));
        assertEquals(6, state.entries().size(), "the entry that was not committed is gone");
    }

    @Test
    void shouldHaveWrittenWhatItDecreed() {
        RecoveredState state = ForcedCluster.found(recovered(MemberChange.newBuilder().setAdd(LEARNER)), FOUNDERS, 1, log);
        log.close();
        OpenedLog opened = SegmentedLog.open(platform, DIRECTORY, LogOptions.DEFAULT);
        opened.log().close();
        assertEquals(state.hardState(), opened.contents().hardState());
        assertEquals(state.entries().toString(), opened.contents().entries().toString());
    }

    @Test
    void shouldGiveALearnerItsVoteFirst() {
        RecoveredState state = ForcedCluster.found(recovered(MemberChange.newBuilder().setAdd(LEARNER)), FOUNDERS, 3, log);
        assertEquals(
                List.of(new ConfChange.Step(ConfChange.StepType.ADD_VOTER, 3)), steps(state.entries().get(4)));
        assertEquals(List.of(LEARNER.toBuilder().setIsLearner(false).build()), applied(state).all());
    }

    @Test
    void shouldRefuseWhoWasRemoved() {
        RecoveredState state = recovered(MemberChange.newBuilder().setRemove(2));
        BootstrapException refusal =
                assertThrows(BootstrapException.class, () -> ForcedCluster.found(state, FOUNDERS, 2, log));
        assertTrue(refusal.getMessage().contains("was removed from its cluster"), refusal.getMessage());
    }

    @Test
    void shouldChangeNothingOfAClusterOfOne() {
        RecoveredState state = recovered(MemberChange.newBuilder().setRemove(2));
        assertSame(state, ForcedCluster.found(state, FOUNDERS, 1, log));
    }
}
