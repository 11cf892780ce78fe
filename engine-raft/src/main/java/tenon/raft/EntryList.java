package tenon.raft;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;
import java.util.function.Consumer;
import tenon.api.Entry;

/// Entries that left the log: a list that never changes, over an array that nobody else has. The JDK's would copy the
/// array again, or wrap it twice.
final class EntryList extends AbstractList<Entry> implements RandomAccess {
    private final Entry[] entries;

    private EntryList(Entry[] entries) {
        this.entries = entries;
    }

    /// @param entries not to be changed any more
    static List<Entry> of(Entry[] entries) {
        return entries.length == 0 ? List.of() : new EntryList(entries);
    }

    @Override
    public Entry get(int place) {
        return entries[place];
    }

    @Override
    public int size() {
        return entries.length;
    }

    @Override
    public void forEach(Consumer<? super Entry> action) {
        for (Entry entry : entries) {
            action.accept(entry);
        }
    }
}
