package tenon.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tenon.wal.LogWorld.DIRECTORY;
import static tenon.wal.LogWorld.entry;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tenon.api.Entry;
import tenon.api.HardState;

/// W14: entries that are appended together share records, and each of them is found, replaced and shown by itself.
class LogBatchTest {
    private final LogWorld world = new LogWorld();

    @BeforeEach
    void makeLog() {
        world.options = LogOptions.DEFAULT.withSegmentSizeBytes(1 << 20);
        world.create();
    }

    private static List<Entry> entries(long term, long from, int count, int lengthBytes) {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(entry(term, from + i, lengthBytes));
        }
        return entries;
    }

    private List<RecordInfo> records() {
        List<RecordInfo> records = new ArrayList<>();
        new LogInspector(world.disk, DIRECTORY).forEachRecord(info -> {
            if (info.type() == RecordType.ENTRIES) {
                records.add(info);
            }
        });
        return records;
    }

    private void checkEachIsRead() {
        long last = world.log.lastRaftIndex();
        List<Entry> all = world.log.read(1, Integer.MAX_VALUE);
        assertEquals(List.copyOf(world.model.entriesEver().values()), all);
        assertEquals(last, all.size());
        for (int i = 0; i < last; i++) {
            assertEquals(List.of(all.get(i)), world.log.read(i + 1, 0));
            int to = (int) Math.min(last, i + 3);
            long sizeBytes = Entry.sizeBytes(all.subList(i, to));
            assertEquals(all.subList(i, to), world.log.read(i + 1, (int) sizeBytes));
        }
    }

    @Test
    void shouldPutABatchIntoOneRecord() {
        world.append(new HardState(1, 1, 0), entries(1, 1, 10, 100));
        world.sync();
        RecordInfo record = records().getFirst();
        assertEquals(1, records().size());
        assertEquals(16 + 10 * (4 + 100), record.lengthBytes());
        assertEquals(1, record.term());
        assertEquals(1, record.raftIndex());
        assertEquals(world.model.entries(), record.entries());
        assertEquals(2, world.log.stats().recordCount());
        checkEachIsRead();
        world.reopen();
        checkEachIsRead();
    }

    @Test
    void shouldBeginARecordWithEachTerm() {
        world.append(null, entry(1, 1, 5), entry(1, 2, 2), entry(2, 3, 7), entry(4, 4, 1), entry(4, 5, 1));
        world.sync();
        assertEquals(List.of(1L, 2L, 4L), records().stream().map(RecordInfo::term).toList());
        assertEquals(List.of(1L, 3L, 4L), records().stream().map(RecordInfo::raftIndex).toList());
        assertEquals(List.of(2, 1, 2), records().stream().map(info -> info.entries().size()).toList());
        checkEachIsRead();
        world.reopen();
        checkEachIsRead();
    }

    @Test
    void shouldSplitALargeBatchIntoRecordsOfLimitedSize() {
        List<Entry> batch = entries(1, 1, 200, 256);
        batch.add(entry(1, 201, 40_000));
        batch.addAll(entries(1, 202, 3, 16_384 - 16 - 4));
        batch.addAll(entries(1, 205, 100, 1));
        world.append(null, batch);
        world.sync();
        List<RecordInfo> records = records();
        assertEquals(9, records.size());
        for (RecordInfo record : records) {
            assertTrue(record.lengthBytes() <= 16_384 || record.entries().size() == 1, record.toString());
        }
        assertEquals(62, records.getFirst().entries().size());
        assertEquals(100, records.getLast().entries().size());
        checkEachIsRead();
        world.reopen();
        checkEachIsRead();
    }

    @Test
    void shouldReplaceFromEachPlaceInARecord() {
        for (int from = 1; from <= 10; from++) {
            LogWorld other = new LogWorld();
            other.create();
            other.append(null, entries(1, 1, 10, 3));
            other.append(null, entries(2, from, 2, 9));
            assertEquals(from + 1, other.log.lastRaftIndex());
            other.log.validate();
            List<Entry> expected = List.copyOf(other.model.entriesEver().values());
            assertEquals(from + 1, expected.size());
            for (int i = 1; i <= from + 1; i++) {
                assertEquals(expected.subList(i - 1, from + 1), other.log.read(i, Integer.MAX_VALUE));
            }
            other.append(null, entries(3, from + 2, 2, 1));
            other.reopen();
            assertEquals(List.copyOf(other.model.entriesEver().values()), other.log.read(1, Integer.MAX_VALUE));
            other.log.close();
        }
    }

    /// What a snapshot covers ends in the middle of a record.
    @Test
    void shouldBeginBehindAMarkInTheMiddleOfARecord() {
        world.append(new HardState(1, 1, 6), entries(1, 1, 10, 3));
        world.mark(1, 4);
        world.sync();
        world.log.close();
        OpenedLog opened = world.open();
        assertEquals(entries(1, 5, 6, 3), opened.contents().entries());
        assertEquals(4, opened.contents().snapshot().raftIndex());
        assertEquals(entries(1, 1, 10, 3), world.log.read(1, Integer.MAX_VALUE));
    }
}
