package tenon.api;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// One place in the replicated log. The data is not copied and must not be changed.
///
/// @param term the leader's term that made it
/// @param raftIndex its place, from 1, without gaps
public record Entry(long term, long raftIndex, EntryType type, byte[] data) {
    public Entry {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(data, "data");
    }

    /// Bytes of the data of some entries.
    public static long sizeBytes(List<Entry> entries) {
        long bytes = 0;
        for (Entry entry : entries) {
            bytes += entry.data.length;
        }
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Entry that
                && term == that.term
                && raftIndex == that.raftIndex
                && type == that.type
                && Arrays.equals(data, that.data);
    }

    @Override
    public int hashCode() {
        return Objects.hash(term, raftIndex, type, Arrays.hashCode(data));
    }

    @Override
    public String toString() {
        return term + "/" + raftIndex + " " + type + " " + data.length + "B";
    }
}
