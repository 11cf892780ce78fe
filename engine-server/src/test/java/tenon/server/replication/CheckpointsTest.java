package tenon.server.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.SnapshotMark;
import tenon.mvcc.AppliedIndex;
import tenon.testkit.Seeds;

class CheckpointsTest {
    private static final long TERM = 3;

    private final List<SnapshotMark> marks = new ArrayList<>();
    private final List<Long> compactions = new ArrayList<>();

    private Checkpoints checkpoints(Checkpoints.Pace pace) {
        return new Checkpoints(marks::add, compactions::add, pace, SnapshotMark.NONE);
    }

    private static List<Entry> entries(long first, long last, int sizeBytes) {
        return LongStream.rangeClosed(first, last)
                .mapToObj(index -> new Entry(TERM, index, EntryType.NORMAL, new byte[sizeBytes]))
                .toList();
    }

    private static AppliedIndex at(long raftIndex) {
        return new AppliedIndex(TERM, raftIndex);
    }

    @Test
    void shouldMarkAfterSoManyEntriesAndKeepSome() {
        Checkpoints checkpoints = checkpoints(new Checkpoints.Pace(100, 10, 1 << 20));
        checkpoints.onCommitted(entries(1, 250, 1));
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
            checkpoints.onCommitted(entries(index, index, 100));
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
        Checkpoints checkpoints = new Checkpoints(
                marks::add, compactions::add, new Checkpoints.Pace(100, 10, 1 << 20), new SnapshotMark(TERM, 500));
        checkpoints.onDurable(at(550));
        checkpoints.onCommitted(entries(551, 600, 1));
        checkpoints.onDurable(at(599));
        assertEquals(List.of(), marks);
        checkpoints.onDurable(at(600));
        assertEquals(List.of(590L), compactions);
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
            checkpoints.onCommitted(entries(index, index, size));
            checkpoints.onDurable(at(index));
            long compacted = compactions.isEmpty() ? 0 : compactions.getLast();
            long kept = sizes.subList((int) compacted, sizes.size()).stream().mapToLong(each -> each).sum();
            assertTrue(kept <= 2 * sizeBytes + entryBytesMax, index + ": " + kept);
        }
        assertTrue(marks.size() > total / (2 * sizeBytes), marks.size() + " marks");
    }
}
