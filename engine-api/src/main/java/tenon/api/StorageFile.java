package tenon.api;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/// An open file. All errors are [StorageException]s that name path, operation and position. Reads and writes at
/// different positions, and mappings inside of the file, may run in several threads; everything else is for one thread
/// at a time. Changing a file that
/// was opened with [OpenMode#READ] raises [MisuseException].
public interface StorageFile extends AutoCloseable {
    /// What a disk and its cache work with; see [#writeDurably].
    int BLOCK_BYTES = 4096;

    Path path();

    long sizeBytes();

    /// Reads until the buffer is full or the file ends.
    ///
    /// @return bytes read, less than `target.remaining()` only at the end of the file
    int read(long positionBytes, ByteBuffer target);

    /// Writes all remaining bytes of the buffers, one behind the other, growing the file as needed.
    void write(long positionBytes, ByteBuffer... sources);

    /// Like [#write], for a file that is seldom synced: scattered pages may get there through memory, which saves a call
    /// of the system for each. One thread at a time.
    default void writeMapped(long positionBytes, MemorySegment source, long sourceOffsetBytes, long lengthBytes) {
        write(positionBytes, source.asSlice(sourceOffsetBytes, lengthBytes).asByteBuffer());
    }

    /// Writes all remaining bytes and makes them durable, as [#write] and [#sync] would; of what was written otherwise
    /// it promises nothing. Whole blocks of [#BLOCK_BYTES], at their places, in a direct buffer that begins at such an
    /// address, may go there past the page cache, which saves a copy and a call of the system. One thread at a time.
    default void writeDurably(long positionBytes, ByteBuffer source) {
        write(positionBytes, source);
        sync();
    }

    /// Lets the disk begin with what was written so far, beside the caller, who goes on writing: then [#sync] has less to
    /// wait for. It promises nothing. If the disk fails at it, the next [#sync] does.
    default void startWriteBack() {}

    /// Sets the size; bytes that appear are zero.
    void truncate(long sizeBytes);

    /// Grows the file to at least this size with blocks that are really allocated and zero, so that later writes into
    /// them need no new block.
    ///
    /// @throws StorageFullException if there is no room; the size is then unchanged
    void allocate(long sizeBytes);

    /// Makes the content and the size durable (fdatasync). Never retried after a failure: the second call would
    /// succeed while the disk keeps the old bytes.
    void sync();

    /// Maps a range read-only. The range may reach behind the end of the file; access there raises `InternalError`,
    /// until the file has grown. What is written to the file is visible in the mapping.
    MemorySegment map(long positionBytes, long sizeBytes, Arena arena);

    /// Takes the lock of this file: exclusive, or shared with shared holders in other processes. Two handles in one
    /// process never share. It ends with [#close] and with the process.
    ///
    /// @throws FileInUseException if it is held elsewhere, in this process or in another
    void lock(boolean exclusive);

    @Override
    void close();
}
