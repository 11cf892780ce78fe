package tenon.wal;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import tenon.api.Entry;
import tenon.api.HardState;
import tenon.api.LogContents;
import tenon.api.NodeIdentity;
import tenon.api.SnapshotMark;

/// What a log should hold, told by the definition: all records in order, and how many of them are surely durable.
final class LogModel {
    static final NodeIdentity IDENTITY = new NodeIdentity(0xA1, 0xC1);

    private final List<Object> records = new ArrayList<>();
    private int syncedCount;

    void append(HardState hardState, List<Entry> entries) {
        records.addAll(entries);
        if (hardState != null) {
            records.add(hardState);
        }
    }

    void appendMark(SnapshotMark mark) {
        records.add(mark);
    }

    void sync() {
        syncedCount = records.size();
    }

    /// After a crash: the records are the first so many.
    void cutTo(int recordCount) {
        records.subList(recordCount, records.size()).clear();
        syncedCount = recordCount;
    }

    LogContents contents() {
        return contents(records.size());
    }

    /// The number of records that explain the contents, at least the durable ones.
    int findExplanation(LogContents found) {
        for (int count = records.size(); count >= syncedCount; count--) {
            if (contents(count).equals(withoutTail(found))) {
                return count;
            }
        }
        throw new AssertionError("found " + found + "\nbut durable was " + contents(syncedCount) + "\nand written was "
                + contents(records.size()));
    }

    static LogContents withoutTail(LogContents contents) {
        return new LogContents(
                contents.identity(), contents.snapshot(), contents.hardState(), contents.entries(), 0);
    }

    private LogContents contents(int recordCount) {
        TreeMap<Long, Entry> entries = new TreeMap<>();
        TreeMap<Long, SnapshotMark> marks = new TreeMap<>();
        HardState hardState = HardState.INITIAL;
        for (Object record : records.subList(0, recordCount)) {
            switch (record) {
                case Entry entry -> {
                    entries.tailMap(entry.raftIndex(), true).clear();
                    marks.tailMap(entry.raftIndex(), true).clear();
                    entries.put(entry.raftIndex(), entry);
                }
                case HardState state -> hardState = state;
                case SnapshotMark mark -> {
                    Entry same = entries.get(mark.raftIndex());
                    if (same != null && same.term() != mark.term()) {
                        entries.tailMap(mark.raftIndex(), true).clear();
                    }
                    marks.tailMap(mark.raftIndex(), true).clear();
                    marks.put(mark.raftIndex(), mark);
                }
                default -> throw new AssertionError(record);
            }
        }
        var committed = marks.floorEntry(hardState.commitIndex());
        SnapshotMark mark = committed == null ? SnapshotMark.NONE : committed.getValue();
        List<Entry> behind = List.copyOf(entries.tailMap(mark.raftIndex(), false).values());
        long seenTerm = behind.isEmpty() ? mark.term() : Math.max(mark.term(), behind.getLast().term());
        if (seenTerm > hardState.term()) {
            hardState = new HardState(seenTerm, 0, hardState.commitIndex());
        }
        return new LogContents(IDENTITY, mark, hardState, behind, 0);
    }

    /// All entries that were not replaced, also those that a snapshot covers.
    NavigableMap<Long, Entry> entriesEver() {
        NavigableMap<Long, Entry> entries = new TreeMap<>();
        for (Object record : records) {
            if (record instanceof Entry entry) {
                entries.tailMap(entry.raftIndex(), true).clear();
                entries.put(entry.raftIndex(), entry);
            } else if (record instanceof SnapshotMark mark) {
                Entry same = entries.get(mark.raftIndex());
                if (same != null && same.term() != mark.term()) {
                    entries.tailMap(mark.raftIndex(), true).clear();
                }
            }
        }
        return entries;
    }

    long lastRaftIndex() {
        LogContents contents = contents();
        return contents.entries().isEmpty()
                ? contents.snapshot().raftIndex()
                : contents.entries().getLast().raftIndex();
    }

    HardState hardState() {
        return contents().hardState();
    }

    SnapshotMark snapshot() {
        return contents().snapshot();
    }

    List<Entry> entries() {
        return contents().entries();
    }
}
