package tenon.api.os;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import tenon.api.FileInUseException;
import tenon.api.MisuseException;
import tenon.api.StorageException;
import tenon.api.StorageFile;
import tenon.api.StorageFullException;
import tenon.api.StorageIoException;

/// A file behind a [FileChannel]. Such a channel closes, for all threads, when one that is interrupted uses it; and the
/// JVM also interrupts a thread that it throws out of memory which another one unmaps. So a thread is not interrupted
/// while it uses the channel, and is again afterwards. Only an interruption in the middle of an operation still closes
/// the file: then it has failed.
final class OsFile implements StorageFile {
    private static final int ZERO_BLOCK_BYTES = 1 << 20;

    private final Path path;
    private final FileChannel channel;
    private final boolean isWritable;
    private final Object lockKey;
    private final MappedWriter mappedWriter;
    private final DirectWriter directWriter;
    private final WriteBack writeBack;
    private volatile boolean isLocked;

    /// @param lockKey what identifies the file, from [HeldLocks#key]
    OsFile(Path path, Object lockKey, FileChannel channel, boolean isWritable) {
        this.path = path;
        this.lockKey = lockKey;
        this.channel = channel;
        this.isWritable = isWritable;
        this.mappedWriter = new MappedWriter(channel);
        this.directWriter = new DirectWriter(path, lockKey);
        this.writeBack = new WriteBack(() -> channel.force(false), new SystemThreads());
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public long sizeBytes() {
        boolean interrupted = Thread.interrupted();
        try {
            return channel.size();
        } catch (IOException e) {
            throw new StorageIoException("find the size", path, e);
        } finally {
            restore(interrupted);
        }
    }

    private static void restore(boolean interrupted) {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public int read(long positionBytes, ByteBuffer target) {
        int total = 0;
        boolean interrupted = Thread.interrupted();
        try {
            while (target.hasRemaining()) {
                int count = channel.read(target, positionBytes + total);
                if (count < 0) {
                    break;
                }
                total += count;
            }
        } catch (IOException e) {
            throw new StorageIoException("read at position " + positionBytes, path, e);
        } finally {
            restore(interrupted);
        }
        return total;
    }

    @Override
    public void write(long positionBytes, ByteBuffer... sources) {
        checkWritable("write");
        long position = positionBytes;
        boolean interrupted = Thread.interrupted();
        try {
            for (ByteBuffer source : sources) {
                while (source.hasRemaining()) {
                    position += channel.write(source, position);
                }
            }
        } catch (IOException e) {
            throw failure("write at position " + position, e);
        } finally {
            restore(interrupted);
        }
    }

    @Override
    public void writeMapped(long positionBytes, MemorySegment source, long sourceOffsetBytes, long lengthBytes) {
        checkWritable("write");
        boolean interrupted = Thread.interrupted();
        boolean isWritten;
        try {
            isWritten = mappedWriter.write(positionBytes, source, sourceOffsetBytes, lengthBytes);
        } catch (IOException e) {
            throw failure("write at position " + positionBytes, e);
        } catch (InternalError e) {
            throw failure("write at position " + positionBytes, new IOException("the mapped file cannot be written", e));
        } finally {
            restore(interrupted);
        }
        if (!isWritten) {
            StorageFile.super.writeMapped(positionBytes, source, sourceOffsetBytes, lengthBytes);
        }
    }

    @Override
    public void writeDurably(long positionBytes, ByteBuffer source) {
        checkWritable("write");
        long position = positionBytes;
        boolean interrupted = Thread.interrupted();
        try {
            position += directWriter.write(position, source);
        } catch (IOException e) {
            throw failure("write at position " + position, e);
        } finally {
            restore(interrupted);
        }
        if (source.hasRemaining()) {
            StorageFile.super.writeDurably(position, source);
        }
    }

    @Override
    public void truncate(long sizeBytes) {
        checkWritable("truncate");
        boolean interrupted = Thread.interrupted();
        try {
            if (sizeBytes < channel.size()) {
                mappedWriter.flush();
                mappedWriter.close();
                channel.truncate(sizeBytes);
            } else if (sizeBytes > channel.size()) {
                channel.write(ByteBuffer.allocate(1), sizeBytes - 1);
            }
        } catch (IOException e) {
            throw failure("truncate to " + sizeBytes + " bytes", e);
        } finally {
            restore(interrupted);
        }
    }

    /// Writes zeros rather than reserving blocks: overwriting written blocks later saves the file system the
    /// conversion of each extent, which shows in every sync.
    @Override
    public void allocate(long sizeBytes) {
        checkWritable("allocate");
        boolean interrupted = Thread.interrupted();
        long before = sizeBytes();
        try {
            ByteBuffer zeros = ByteBuffer.allocate(Math.clamp(sizeBytes - before, 0, ZERO_BLOCK_BYTES));
            long position = before;
            while (position < sizeBytes) {
                zeros.clear().limit((int) Math.min(zeros.capacity(), sizeBytes - position));
                position += channel.write(zeros, position);
            }
        } catch (IOException e) {
            truncateQuietly(before, e);
            throw failure("allocate " + sizeBytes + " bytes", e);
        } finally {
            restore(interrupted);
        }
    }

    private void truncateQuietly(long sizeBytes, IOException cause) {
        try {
            channel.truncate(sizeBytes);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    @Override
    public void startWriteBack() {
        checkWritable("write");
        writeBack.start();
    }

    @Override
    public void sync() {
        boolean interrupted = Thread.interrupted();
        try {
            writeBack.cancelWanted();
            mappedWriter.flush();
            channel.force(false);
            writeBack.await();
            writeBack.checkNotFailed();
        } catch (IOException | java.io.UncheckedIOException e) {
            throw failure("sync", e instanceof IOException io ? io : ((java.io.UncheckedIOException) e).getCause());
        } finally {
            restore(interrupted);
        }
    }

    /// Mapping behind the end changes the size for a moment. Mapping inside of the file never does: another thread may
    /// be growing it.
    @Override
    public MemorySegment map(long positionBytes, long sizeBytes, Arena arena) {
        boolean interrupted = Thread.interrupted();
        try {
            long before = channel.size();
            MemorySegment mapped = channel.map(MapMode.READ_ONLY, positionBytes, sizeBytes, arena);
            if (positionBytes + sizeBytes > before && channel.size() > before) {
                // The JDK grows a file to the end of its mapping; only the mapping is wanted.
                channel.truncate(before);
            }
            return mapped;
        } catch (IOException e) {
            throw failure("map " + sizeBytes + " bytes at position " + positionBytes, e);
        } finally {
            restore(interrupted);
        }
    }

    @Override
    public void lock(boolean exclusive) {
        boolean interrupted = Thread.interrupted();
        try {
            if (!HeldLocks.lock(lockKey, channel, exclusive)) {
                throw new FileInUseException(path);
            }
            isLocked = true;
            if (!HeldLocks.isNamed(lockKey, path)) {
                // It was replaced while this one waited for it. A lock on what nobody finds any more protects nothing.
                throw new FileInUseException(path);
            }
        } catch (IOException e) {
            throw new StorageIoException("lock", path, e);
        } finally {
            restore(interrupted);
        }
    }

    @Override
    public void close() {
        boolean isHolder = isLocked;
        isLocked = false;
        writeBack.await();
        mappedWriter.close();
        try {
            try {
                directWriter.close();
            } finally {
                HeldLocks.close(lockKey, channel, isHolder);
            }
        } catch (IOException e) {
            throw new StorageIoException("close", path, e);
        }
    }

    private void checkWritable(String operation) {
        if (!isWritable) {
            throw new MisuseException("could not " + operation + " " + path + ": it was opened for reading");
        }
    }

    private StorageException failure(String operation, IOException cause) {
        String reason = String.valueOf(cause.getMessage());
        if (reason.contains("No space left") || reason.contains("quota exceeded")) {
            return new StorageFullException(
                    path + ": could not " + operation + ": the disk is full; make room and restart", path, cause);
        }
        return new StorageIoException(operation, path, cause);
    }
}
