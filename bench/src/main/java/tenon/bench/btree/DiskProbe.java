package tenon.bench.btree;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import tenon.bench.measure.Memory;
import tenon.bench.measure.StoreDirectory;

/// What a commit of one put costs at the least, on a store that writes its pages, syncs, writes a meta page and syncs:
/// two pages written, fdatasync, one page written, fdatasync, in a file whose blocks were all written before.
final class DiskProbe {
    private static final int PAGE_BYTES = 4096;
    private static final int PAGE_COUNT = 4096;

    private final StoreDirectory directory;
    private final ByteBuffer pages = ByteBuffer.allocateDirect(2 * PAGE_BYTES);

    DiskProbe(Path directory) {
        this.directory = new StoreDirectory(directory);
    }

    ResultLine run(long count) {
        directory.wipe();
        Path path = directory.path().resolve("probe");
        try (FileChannel file =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int i = 0; i < PAGE_COUNT; i++) {
                write(file, i, 1);
            }
            file.force(true);
            long startNs = System.nanoTime();
            for (long i = 0; i < count; i++) {
                write(file, (int) (2 + 2 * i % (PAGE_COUNT - 4)), 2);
                file.force(false);
                write(file, (int) (i % 2), 1);
                file.force(false);
            }
            long ns = System.nanoTime() - startNs;
            Memory memory = Memory.now();
            return new ResultLine(
                    Work.PUT_ONE_SYNC.label, count, ns, directory.sizeBytes(), memory.rssKb(), memory.anonKb(), 0,
                    List.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Each write has other bytes than the one before it.
    private void write(FileChannel file, int pageIndex, int count) throws IOException {
        pages.clear().limit(count * PAGE_BYTES);
        pages.putLong(0, System.nanoTime());
        file.write(pages, (long) pageIndex * PAGE_BYTES);
    }
}
