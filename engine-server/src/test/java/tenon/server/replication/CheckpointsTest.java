package tenon.server.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import tenon.api.ConfState;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.HardState;
import tenon.api.SnapshotMark;
import tenon.mvcc.AppliedIndex;
import tenon.raft.RecoveredState;
import tenon.testkit.Seeds;

class CheckpointsTest {
    private static final long TERM = 3;

    private final List<SnapshotMark> marks = new ArrayList<>();
    private final List<Long> compactions = new ArrayList<>();

    private long heldIndex = Long.MAX_VALUE;

    private Checkpoints checkpoints(Checkpoints.Pace pace) {
        return checkpoints(pace, SnapshotMark.NONE, List.of());
    }

    /// @param applied what the log held behind the mark
    private Checkpoints checkpoints(Checkpoints.Pace pace, SnapshotMark mark, List<Entry> applied) {
        long appliedIndex = mark.raftIndex() + applied.size();
        RecoveredState state = new RecoveredState(
                mark, new HardState(TERM, 0, appliedIndex), applied, ConfState.ofVoters(Set.of(1L)), appliedIndex);
        return new Checkpoints(new Checkpoints.Parties(marks::add, compactions::add, () -> heldIndex), pace, state);
    }

    private static List<Entry> entries(long first, long last, int sizeBytes) {
        return LongStream.rangeClosed(first, last)
                .mapToObj(index -> new Entry(TERM, index, EntryType.NORMAL, new byte[sizeBytes]))
                .toList();
    }

    private static void commit(Checkpoints checkpoints, List<Entry> entries) {
        checkpoints.onCommitted(entries.getLast().raftIndex(), Entry.sizeBytes(entries));
    }

    private static AppliedIndex at(long raftIndex) {
        return new AppliedIndex(TERM, raftIndex);
    }

    @Test
    void shouldMarkAfterSoManyEntriesAndKeepSome() {
        Checkpoints checkpoints = checkpoints(new Checkpoints.Pace(100, 10, 1 << 20));
        commit(checkpoints, entries(1, 250, 1));
        checkpoints.onDurable(at(99));
        assertEquals(List.of(), marks);
        checkpoints.onDurable(at(120));
        checkpoints.onDurable(at(219));
        checkpoints.onDurable(at(220));
        assertEquals(List.of(new SnapshotMark(TERM, 120), new SnapshotMark(TERM, 220)), marks);
        assertEquals(List.of(110L, 210L), compactions);
    }

    /// A few large entries fill the memory as well as many small ones.
    @Test
    void shouldMarkAfterSoManyBytesAndKeepNoMore() {
        Checkpoints checkpoints = checkpoints(new Checkpoints.Pace(100_000, 5_000, 1000));
        for (int index = 1; index <= 40; index++) {
            commit(checkpoints, entries(index, index, 100));
        }
        checkpoints.onDurable(at(9));
        assertEquals(List.of(), marks);
        checkpoints.onDurable(at(15));
        checkpoints.onDurable(at(24));
        checkpoints.onDurable(at(40));
        assertEquals(List.of(new SnapshotMark(TERM, 15), new SnapshotMark(TERM, 40)), marks);
        assertEquals(List.of(5L, 30L), compactions);
    }

    @Test
    void shouldGoOnBehindTheNewestMark() {
        Checkpoints checkpoints =
                checkpoints(new Checkpoints.Pace(100, 10, 1 << 20), new SnapshotMark(TERM, 500), List.of());
        checkpoints.onDurable(at(550));
        commit(checkpoints, entries(551, 600, 1));
        checkpoints.onDurable(at(599));
        assertEquals(List.of(), marks);
        checkpoints.onDurable(at(600));
        assertEquals(List.of(590L), compactions);
    }

    /// Else a process that ends again and again never gives anything back.
    @Test
    void shouldCountWhatWasAppliedBeforeTheStart() {
        Checkpoints checkpoints = checkpoints(
                new Checkpoints.Pace(100_000, 5_000, 1000), new SnapshotMark(TERM, 500), entries(501, 509, 100));
        checkpoints.onDurable(at(509));
        commit(checkpoints, entries(510, 510, 100));
        checkpoints.onDurable(at(510));
        assertEquals(List.of(new SnapshotMark(TERM, 510)), marks);
    }

    @Test
    void shouldKeepWhatFollowsASnapshotThatIsOnItsWay() {
        Checkpoints checkpoints = checkpoints(new Checkpoints.Pace(100, 10, 1000));
        heldIndex = 50;
        for (int index = 1; index <= 600; index++) {
            commit(checkpoints, entries(index, index, 10));
            checkpoints.onDurable(at(index));
        }
        assertEquals(600, marks.getLast().raftIndex());
        // But no more than four times the size.
        assertEquals(List.of(50L, 50L, 50L, 50L, 100L, 200L), compactions);
        heldIndex = Long.MAX_VALUE;
        commit(checkpoints, entries(601, 700, 10));
        checkpoints.onDurable(at(700));
        assertEquals(690, compactions.getLast());
    }

    /// Whatever the sizes: between two commits of the store no more is kept than twice the size.
    @Test
    void shouldBoundWhatIsInMemory() {
        RandomGenerator random = Seeds.random(CheckpointsTest.class);
        long sizeBytes = 10_000;
        int entryBytesMax = 700;
        Checkpoints checkpoints = checkpoints(new Checkpoints.Pace(1 << 20, 1 << 20, sizeBytes));
        List<Integer> sizes = new ArrayList<>();
        long total = 0;
        for (long index = 1; index <= 5_000; index++) {
            int size = random.nextInt(entryBytesMax + 1);
            sizes.add(size);
            total += size;
            commit(checkpoints, entries(index, index, size));
            checkpoints.onDurable(at(index));
            long compacted = compactions.isEmpty() ? 0 : compactions.getLast();
            long kept = sizes.subList((int) compacted, sizes.size()).stream().mapToLong(each -> each).sum();
            assertTrue(kept <= 2 * sizeBytes + entryBytesMax, index + ": " + kept);
        }
        assertTrue(marks.size() > total / (2 * sizeBytes), marks.size() + " marks");
    }
}
