package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tenon.api.Platform;
import tenon.api.ReadTx;
import tenon.api.StorageException;
import tenon.api.WriteBucket;
import tenon.api.WriteTx;
import tenon.testkit.SimulatedFileSystem;

/// Flips every single bit of a small store file, one at a time.
class BitFlipTest {
    /// In pages that nothing uses a sample will do; `-Dtenon.flips.all=true` tries them whole.
    private static final int FREE_STEP = Boolean.getBoolean("tenon.flips.all") ? 1 : 61;

    private final SimulatedFileSystem disk = new SimulatedFileSystem();
    private final Platform platform = Workload.platform(disk);

    private void fill() {
        disk.createDirectories(Workload.PATH.getParent());
        try (BTreeStore store = BTreeStore.open(platform, Workload.PATH, Workload.OPTIONS)) {
            for (int i = 0; i < 2; i++) {
                try (WriteTx tx = store.beginWrite()) {
                    WriteBucket bucket = tx.createBucketIfAbsent("B0".getBytes());
                    bucket.put(new byte[] {(byte) i}, new byte[1100 * i + 3]);
                    bucket.createBucket(("n" + i).getBytes()).put(new byte[] {1}, new byte[40]);
                    for (int key = 0; key < 30; key++) {
                        bucket.put(("key" + (key * 7 + i) % 41).getBytes(), new byte[30]);
                    }
                    tx.commit();
                }
            }
        }
    }

    private Set<PageType> pageTypes() {
        Set<PageType> types = EnumSet.noneOf(PageType.class);
        try (StoreInspector inspector = StoreInspector.open(platform, Workload.PATH)) {
            inspector.forEachPage(page -> types.add(page.type()));
        }
        return types;
    }

    @Test
    void shouldNoticeEveryFlippedBit() {
        fill();
        assertEquals(EnumSet.complementOf(EnumSet.of(PageType.DAMAGED)), pageTypes(), "every kind of page is there");
        List<String> expected = content();
        BitSet unused = unusedPages();
        int pageSizeBytes = Workload.OPTIONS.pageSizeBytes();
        int sizeBytes = disk.content(Workload.PATH).length;
        int flips = 0;
        int undetected = 0;
        for (int position = 0; position < sizeBytes; position += unused.get(position / pageSizeBytes) ? FREE_STEP : 1) {
            boolean mayPass = unused.get(position / pageSizeBytes);
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                disk.corrupt(Workload.PATH, position, 1 << bit);
                boolean noticed = isNoticed(expected);
                disk.corrupt(Workload.PATH, position, 1 << bit);
                flips++;
                undetected += noticed ? 0 : 1;
                if (!noticed && !mayPass) {
                    fail("bit " + bit + " at position " + position + " was flipped unnoticed");
                }
            }
        }
        System.out.println("BitFlipTest: " + flips + " bits, " + undetected + " of them in pages that nothing uses");
        assertTrue(undetected > 0, "free pages hold nothing that could be damaged");
        assertFalse(isNoticed(expected), "the file should be whole again");
    }

    /// Whether opening or checking tells; the data that reading shows must be right in any case.
    private boolean isNoticed(List<String> expected) {
        try (StoreInspector inspector = StoreInspector.open(platform, Workload.PATH)) {
            boolean clean = inspector.check().isClean();
            try {
                assertEquals(expected, elements(inspector.tx()));
            } catch (StorageException damaged) {
                assertFalse(clean, "what cannot be read should not pass the check");
            }
            return !clean;
        } catch (StorageException damaged) {
            return true;
        }
    }

    private List<String> content() {
        try (StoreInspector inspector = StoreInspector.open(platform, Workload.PATH)) {
            return elements(inspector.tx());
        }
    }

    private static List<String> elements(ReadTx tx) {
        List<String> elements = new ArrayList<>();
        for (byte[] name : tx.bucketNames()) {
            var cursor = tx.bucket(name).cursor();
            while (cursor.next()) {
                byte[] key = cursor.key().toByteArray();
                elements.add(java.util.Arrays.toString(key) + java.util.Arrays.toString(cursor.value().toByteArray()));
                if (cursor.isBucket()) {
                    var nested = tx.bucket(name).findBucket(key).orElseThrow().cursor();
                    while (nested.next()) {
                        elements.add(java.util.Arrays.toString(nested.value().toByteArray()));
                    }
                }
            }
        }
        return elements;
    }

    private BitSet unusedPages() {
        BitSet unused = new BitSet();
        try (StoreInspector inspector = StoreInspector.open(platform, Workload.PATH)) {
            inspector.forEachPage(page -> {
                if (page.type() == PageType.FREE) {
                    unused.set((int) page.pageId());
                }
            });
            int end = (int) inspector.stats().pageCount();
            int size = disk.content(Workload.PATH).length / Workload.OPTIONS.pageSizeBytes();
            unused.set(end, Math.max(end, size));
        }
        return unused;
    }
}
