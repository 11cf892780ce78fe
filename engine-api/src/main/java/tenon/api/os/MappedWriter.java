package tenon.api.os;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;

/// Writes to a file through memory: no call of the system for each write, which for scattered pages costs several times
/// as much as the copy. The system learns of the first change of a page since the last sync by a page fault, so this
/// pays only where syncs are rare.
///
/// One thread at a time. Only whole pieces inside of the file are mapped, since a mapping must not change its size.
final class MappedWriter {
    private static final int PIECE_SHIFT = 24;
    private static final long PIECE_BYTES = 1L << PIECE_SHIFT;

    private final FileChannel channel;
    // Null before the first mapping.
    private Arena arena;
    // Null where nothing is mapped yet.
    private MemorySegment[] pieces = {};
    private boolean isDirty;

    MappedWriter(FileChannel channel) {
        this.channel = channel;
    }

    /// @return whether all was written; if not, nothing was: it does not lie in whole pieces of the file
    boolean write(long position, MemorySegment source, long sourceOffset, long length) throws IOException {
        int last = (int) (position + length - 1 >>> PIECE_SHIFT);
        for (int index = (int) (position >>> PIECE_SHIFT); index <= last; index++) {
            if (!isMapped(index) && !map(index)) {
                return false;
            }
        }
        isDirty = true;
        for (long done = 0; done < length; ) {
            long at = position + done & PIECE_BYTES - 1;
            long count = Math.min(length - done, PIECE_BYTES - at);
            MemorySegment piece = pieces[(int) (position + done >>> PIECE_SHIFT)];
            MemorySegment.copy(source, sourceOffset + done, piece, at, count);
            done += count;
        }
        return true;
    }

    private boolean isMapped(int index) {
        return index < pieces.length && pieces[index] != null;
    }

    private boolean map(int index) throws IOException {
        long position = (long) index << PIECE_SHIFT;
        if (position + PIECE_BYTES > channel.size()) {
            return false;
        }
        if (index >= pieces.length) {
            pieces = java.util.Arrays.copyOf(pieces, Math.max(index + 1, 2 * pieces.length));
        }
        if (arena == null) {
            arena = Arena.ofShared();
        }
        pieces[index] = channel.map(MapMode.READ_WRITE, position, PIECE_BYTES, arena);
        return true;
    }

    /// Hands what was written to the file, where a sync of the file finds it.
    void flush() {
        if (isDirty) {
            for (MemorySegment piece : pieces) {
                if (piece != null) {
                    piece.force();
                }
            }
            isDirty = false;
        }
    }

    /// Forgets all mappings: before the file gets shorter, or is closed. May be called again.
    void close() {
        pieces = new MemorySegment[0];
        isDirty = false;
        if (arena != null) {
            arena.close();
            arena = null;
        }
    }
}
