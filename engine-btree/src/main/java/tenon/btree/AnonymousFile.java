package tenon.btree;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import tenon.api.MisuseException;
import tenon.api.StorageFile;

/// A file in off-heap memory, in chunks that are made when they are mapped or written. It ends with [#close].
final class AnonymousFile implements StorageFile {
    private final Path path;
    private final long chunkBytes;
    private final Arena arena = Arena.ofShared();
    private volatile MemorySegment[] chunks = {};
    private volatile long sizeBytes;

    AnonymousFile(Path path, long chunkBytes) {
        this.path = path;
        this.chunkBytes = chunkBytes;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    private MemorySegment chunkAt(long positionBytes) {
        int index = Math.toIntExact(positionBytes / chunkBytes);
        MemorySegment[] present = chunks;
        if (index >= present.length) {
            MemorySegment[] grown = java.util.Arrays.copyOf(present, index + 1);
            for (int i = present.length; i < grown.length; i++) {
                grown[i] = arena.allocate(chunkBytes, Long.BYTES);
            }
            chunks = grown;
            present = grown;
        }
        return present[index];
    }

    @Override
    public int read(long positionBytes, ByteBuffer target) {
        int total = Math.clamp(sizeBytes - positionBytes, 0, target.remaining());
        for (int done = 0; done < total; ) {
            long offset = (positionBytes + done) % chunkBytes;
            int length = (int) Math.min(total - done, chunkBytes - offset);
            target.put(chunkAt(positionBytes + done).asSlice(offset, length).asByteBuffer());
            done += length;
        }
        return total;
    }

    @Override
    public void write(long positionBytes, ByteBuffer... sources) {
        long position = positionBytes;
        for (ByteBuffer source : sources) {
            while (source.hasRemaining()) {
                long offset = position % chunkBytes;
                int length = (int) Math.min(source.remaining(), chunkBytes - offset);
                MemorySegment from = MemorySegment.ofBuffer(source).asSlice(0, length);
                MemorySegment.copy(from, 0, chunkAt(position), offset, length);
                source.position(source.position() + length);
                position += length;
            }
        }
        sizeBytes = Math.max(sizeBytes, position);
    }

    @Override
    public void truncate(long newSizeBytes) {
        sizeBytes = newSizeBytes;
    }

    @Override
    public void allocate(long newSizeBytes) {
        sizeBytes = Math.max(sizeBytes, newSizeBytes);
    }

    @Override
    public void sync() {
        // Memory has nothing to make durable.
    }

    /// Only inside of a chunk.
    @Override
    public MemorySegment map(long positionBytes, long mappedBytes, Arena mappingArena) {
        long offset = positionBytes % chunkBytes;
        if (offset + mappedBytes <= chunkBytes) {
            return chunkAt(positionBytes).asSlice(offset, mappedBytes);
        }
        throw new MisuseException("a mapping of " + mappedBytes + " bytes crosses chunks of " + chunkBytes);
    }

    @Override
    public void lock(boolean exclusive) {
        // Nobody else can name it.
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
