package tenon.wal;

import java.util.ArrayList;
import java.util.List;
import tenon.api.Entry;
import tenon.wal.format.RecordLayout;

/// Some entries of a list that is appended, to be written as one record: they have the same term.
///
/// @param from place in the list of the first one
/// @param to place behind the last one
/// @param recordBytes size of the record
record EntryGroup(int from, int to, long recordBytes) {
    /// Groups entries that follow on each other.
    static List<EntryGroup> groupsOf(List<Entry> entries) {
        List<EntryGroup> groups = new ArrayList<>();
        int from = 0;
        while (from < entries.size()) {
            EntryGroup group = groupFrom(entries, from);
            groups.add(group);
            from = group.to;
        }
        return groups;
    }

    private static EntryGroup groupFrom(List<Entry> entries, int from) {
        long term = entries.get(from).term();
        long lengthBytes = RecordLayout.ENTRIES_FIRST_OFFSET;
        int to = from;
        while (to < entries.size()) {
            Entry entry = entries.get(to);
            long longer = lengthBytes + RecordLayout.ENTRIES_WORD_BYTES + entry.data().length;
            if (to > from && (longer > RecordLayout.ENTRIES_SHARED_BYTES_MAX || entry.term() != term)) {
                break;
            }
            lengthBytes = longer;
            to++;
        }
        return new EntryGroup(from, to, RecordLayout.sizeBytes(lengthBytes));
    }

    int count() {
        return to - from;
    }
}
