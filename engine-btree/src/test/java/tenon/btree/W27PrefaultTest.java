package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tenon.api.Platform;

/// W27: the file is mapped, and with prefault it is in memory when the store is open, so that reads wait for no disk.
class W27PrefaultTest {
    private static final byte[] NAME = {'b'};
    private static final int SEGMENT_BYTES = 1 << 20;
    private static final Path MAPPINGS = Path.of("/proc/self/smaps");
    private static final BTreeOptions OPTIONS =
            BTreeOptions.DEFAULT.withMapSegmentSizeBytes(SEGMENT_BYTES).withGrowStepBytesMax(64 << 10);

    @TempDir
    Path directory;

    private BTreeStore open(BTreeOptions options) {
        return BTreeStore.open(Platform.system(), directory.resolve("store"), options);
    }

    private static void fill(BTreeStore store) {
        store.write(tx -> {
            var bucket = tx.createBucket(NAME);
            for (int i = 0; i < 700; i++) {
                bucket.put(String.format("%06d", i).getBytes(), new byte[3000]);
            }
            return null;
        });
    }

    /// Bytes of the file that this process has in memory through its mappings, as Linux counts them.
    private long residentBytes() throws IOException {
        long kibibytes = 0;
        boolean isOurs = false;
        for (String line : Files.readAllLines(MAPPINGS)) {
            if (Character.isDigit(line.charAt(0)) || line.charAt(0) >= 'a' && line.charAt(0) <= 'f') {
                isOurs = line.endsWith(directory.resolve("store").toString());
            } else if (isOurs && line.startsWith("Rss:")) {
                kibibytes += Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        return kibibytes << 10;
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldHaveTheFileInMemoryWhenItIsOpen() throws IOException {
        try (BTreeStore store = open(OPTIONS)) {
            fill(store);
        }
        long sizeBytes = Files.size(directory.resolve("store"));
        assertTrue(sizeBytes > 2 * SEGMENT_BYTES && sizeBytes % SEGMENT_BYTES != 0, "size " + sizeBytes);
        try (BTreeStore store = open(OPTIONS)) {
            long lazyBytes = residentBytes();
            assertTrue(lazyBytes < sizeBytes / 4, lazyBytes + " of " + sizeBytes);
            assertEquals(List.of(), store.check().findings());
        }
        try (BTreeStore store = open(OPTIONS.withPrefault(true))) {
            long wantedBytes = store.stats().pageCount() * store.stats().pageSizeBytes();
            long foundBytes = residentBytes();
            assertTrue(foundBytes >= wantedBytes, foundBytes + " of " + wantedBytes);
            assertEquals(List.of(), store.check().findings());
        }
    }

    @Test
    void shouldHaveNothingToReadWhereThereIsNoFile() {
        try (BTreeStore store = BTreeStore.inMemory(OPTIONS.withPrefault(true))) {
            fill(store);
            assertEquals(List.of(), store.check().findings());
        }
    }
}
