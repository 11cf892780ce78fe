package tenon.wal;

import java.util.ArrayList;
import java.util.List;
import tenon.api.CorruptDataException;
import tenon.api.Entry;
import tenon.api.OpenMode;
import tenon.api.StorageFile;
import tenon.wal.format.RecordLayout;
import tenon.wal.format.SegmentImage;

/// Reads entries back from the segments, checking each record.
final class EntryReader {
    private static final int WINDOW_BYTES = 64 << 10;

    private final LogDirectory directory;
    private final EntryIndex index;
    private final long lastRaftIndex;
    private final long sizeBytesMax;
    private final List<Entry> entries = new ArrayList<>();
    private long nextRaftIndex;
    private long sizeBytes;

    /// @param sizeBytesMax of the data of all entries together, but one entry is read in any case
    EntryReader(LogDirectory directory, EntryIndex index, long lastRaftIndex, long sizeBytesMax) {
        this.directory = directory;
        this.index = index;
        this.lastRaftIndex = lastRaftIndex;
        this.sizeBytesMax = sizeBytesMax;
    }

    /// @param raftIndex of an entry that the index has
    List<Entry> read(long raftIndex) {
        nextRaftIndex = raftIndex;
        boolean hasRoom = true;
        while (hasRoom && nextRaftIndex <= lastRaftIndex) {
            EntryRun run = index.runOf(nextRaftIndex);
            try (StorageFile file = directory.files.open(run.segment.name.in(directory.path), OpenMode.READ)) {
                hasRoom = readRun(run, file);
            }
        }
        return entries;
    }

    /// @return whether there is room for more
    private boolean readRun(EntryRun run, StorageFile file) {
        long position = run.positionBefore(nextRaftIndex);
        int wanted = WINDOW_BYTES;
        while (nextRaftIndex <= run.lastRaftIndex()) {
            SegmentImage window = SegmentImage.readWindow(
                    file, run.segment.name, run.segment.hasMarks, position, wanted);
            int at = window.positionOf(position);
            int begin = at;
            while (nextRaftIndex <= run.lastRaftIndex() && window.isFrame(at)) {
                checkIsValid(window, at, file);
                if (isOfEntries(window.type(at)) && !takeAll(window.entries(at), run)) {
                    return false;
                }
                at = window.endPosition(at);
            }
            position += at - begin;
            if (at > begin) {
                wanted = WINDOW_BYTES;
            } else {
                // Not even one record is whole in the window.
                long recordBytes = window.isStamped(at)
                        ? RecordLayout.sizeBytes(Integer.toUnsignedLong(window.lengthBytes(at)))
                        : 0;
                if (recordBytes <= wanted || recordBytes > file.sizeBytes()) {
                    throw damaged(window, at, file);
                }
                wanted = (int) recordBytes;
            }
        }
        return true;
    }

    private static boolean isOfEntries(RecordType type) {
        return type == RecordType.ENTRIES || type == RecordType.ENTRY;
    }

    /// Takes those that are wanted. The last ones of a record may have been replaced by another run.
    ///
    /// @return whether there is room for more
    private boolean takeAll(List<Entry> ofRecord, EntryRun run) {
        for (Entry entry : ofRecord) {
            if (entry.raftIndex() == nextRaftIndex && nextRaftIndex <= run.lastRaftIndex() && !take(entry)) {
                return false;
            }
        }
        return true;
    }

    private boolean take(Entry entry) {
        if (!entries.isEmpty() && sizeBytes + entry.data().length > sizeBytesMax) {
            return false;
        }
        entries.add(entry);
        sizeBytes += entry.data().length;
        nextRaftIndex++;
        return true;
    }

    private static void checkIsValid(SegmentImage window, int at, StorageFile file) {
        if (!window.isValidAlone(at) || !window.isWellFormed(at)) {
            throw damaged(window, at, file);
        }
    }

    private static CorruptDataException damaged(SegmentImage window, int at, StorageFile file) {
        return new CorruptDataException(
                file.path(), window.filePosition(at), "the record is damaged, though it had been written");
    }
}
