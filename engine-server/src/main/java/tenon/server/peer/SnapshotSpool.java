package tenon.server.peer;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32C;
import tenon.api.FileSystem;
import tenon.api.Message;
import tenon.api.OpenMode;
import tenon.api.StorageFile;

/// A snapshot to be sent, in a file that can be read again from any place. So the source is done with as fast as the
/// disk writes, and a connection that breaks costs only what was under way on it. The file is deleted in the end; it
/// need not be durable.
final class SnapshotSpool implements AutoCloseable {
    private static final int BUFFER_BYTES = 256 * 1024;

    private final FileSystem files;
    private final StorageFile file;
    private final Message.InstallSnapshot message;
    private final long sizeBytes;
    private final int crc;

    private SnapshotSpool(
            FileSystem files, StorageFile file, Message.InstallSnapshot message, long sizeBytes, int crc) {
        this.files = files;
        this.file = file;
        this.message = message;
        this.sizeBytes = sizeBytes;
        this.crc = crc;
    }

    /// Takes all that the source has.
    ///
    /// @param isCancelled asked now and then
    /// @throws CancellationException if it was cancelled; as after any other failure, no file is left
    static SnapshotSpool fill(FileSystem files, Path path, SnapshotSource source, BooleanSupplier isCancelled) {
        StorageFile file = files.open(path, OpenMode.CREATE);
        try {
            file.truncate(0);
            Writer writer = new Writer(file, isCancelled);
            Message.InstallSnapshot message = Objects.requireNonNull(source.writeTo(writer), "message");
            writer.flush();
            return new SnapshotSpool(files, file, message, writer.writtenBytes, (int) writer.crc.getValue());
        } catch (RuntimeException | Error e) {
            file.close();
            files.delete(path);
            throw e;
        }
    }

    Message.InstallSnapshot message() {
        return message;
    }

    long sizeBytes() {
        return sizeBytes;
    }

    /// CRC-32C of the whole.
    int crc() {
        return crc;
    }

    /// What stands at the position: as much as fits in a chunk, or less at the end.
    ByteBuffer read(long positionBytes) {
        ByteBuffer chunk =
                ByteBuffer.allocate((int) Math.min(PeerLayout.CHUNK_BYTES_MAX, sizeBytes - positionBytes));
        file.read(positionBytes, chunk);
        return chunk.flip();
    }

    @Override
    public void close() {
        file.close();
        files.delete(file.path());
    }

    /// Gathers what is written, to write it in large pieces.
    private static final class Writer extends OutputStream {
        private final StorageFile file;
        private final BooleanSupplier isCancelled;
        private final CRC32C crc = new CRC32C();
        private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        private long writtenBytes;

        Writer(StorageFile file, BooleanSupplier isCancelled) {
            this.file = file;
            this.isCancelled = isCancelled;
        }

        @Override
        public void write(int value) {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] source, int index, int lengthBytes) {
            Objects.checkFromIndexSize(index, lengthBytes, source.length);
            int taken = 0;
            while (taken < lengthBytes) {
                int count = Math.min(lengthBytes - taken, buffer.remaining());
                buffer.put(source, index + taken, count);
                taken += count;
                if (!buffer.hasRemaining()) {
                    flush();
                }
            }
        }

        @Override
        public void flush() {
            if (isCancelled.getAsBoolean()) {
                throw new CancellationException("nobody wants the snapshot any more");
            }
            buffer.flip();
            crc.update(buffer.duplicate());
            int count = buffer.remaining();
            file.write(writtenBytes, buffer);
            writtenBytes += count;
            buffer.clear();
        }
    }
}
