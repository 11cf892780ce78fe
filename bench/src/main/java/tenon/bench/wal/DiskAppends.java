package tenon.bench.wal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// What the disk allows: a write and an fdatasync, one behind the other, in a file whose blocks were all written before.
/// At its end it begins anew.
final class DiskAppends implements Appends {
    private static final int FILE_BYTES = 64 << 20;
    private static final int ZERO_BYTES = 1 << 20;

    private final FileChannel file;
    private final ByteBuffer batch;
    private long number;
    private long position;

    DiskAppends(Path directory, int count) {
        batch = ByteBuffer.allocateDirect(count * RECORD_BYTES);
        try {
            file = FileChannel.open(
                    directory.resolve("disk"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            for (long at = 0; at < FILE_BYTES; at += ZERO_BYTES) {
                file.write(ByteBuffer.allocate(ZERO_BYTES), at);
            }
            file.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Each record has other bytes than those before it.
    @Override
    public void appendAndSync() {
        for (int at = 0; at < batch.capacity(); at += RECORD_BYTES) {
            batch.putLong(at, ++number);
        }
        batch.clear();
        if (position + batch.capacity() > FILE_BYTES) {
            position = 0;
        }
        try {
            position += file.write(batch, position);
            file.force(false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
