package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tenon.api.MisuseException;
import tenon.api.Platform;
import tenon.api.WriteBucket;
import tenon.api.WriteTx;
import tenon.testkit.SimulatedFileSystem;

class StoreInspectorTest {
    private static final Path COPY = Path.of("/disk/copy");

    private final SimulatedFileSystem disk = new SimulatedFileSystem();
    private final Platform platform = Workload.platform(disk);

    @BeforeEach
    void fill() {
        disk.createDirectories(Workload.PATH.getParent());
        try (BTreeStore store = BTreeStore.open(platform, Workload.PATH, Workload.OPTIONS)) {
            for (int round = 0; round < 3; round++) {
                try (WriteTx tx = store.beginWrite()) {
                    WriteBucket bucket = tx.createBucketIfAbsent("outer".getBytes());
                    bucket.findBucket("inner".getBytes()).orElseGet(() -> bucket.createBucket("inner".getBytes()));
                    for (int i = 0; i < 100; i++) {
                        bucket.put(String.format("%03d", i).getBytes(), new byte[20 + round]);
                    }
                    bucket.put("long".getBytes(), new byte[5000]);
                    tx.commit();
                }
            }
        }
    }

    @Test
    void shouldListEveryPageOnce() {
        try (StoreInspector inspector = StoreInspector.open(platform, Workload.PATH)) {
            List<PageInfo> pages = new ArrayList<>();
            inspector.forEachPage(pages::add);
            long next = 0;
            for (PageInfo page : pages) {
                assertEquals(next, page.pageId());
                assertEquals("", page.finding());
                next += 1L + page.overflowCount();
            }
            assertEquals(inspector.stats().pageCount(), next);
            for (PageType type : PageType.values()) {
                assertEquals(
                        type != PageType.DAMAGED,
                        pages.stream().anyMatch(page -> page.type() == type),
                        type.toString());
            }
            long free = pages.stream().filter(page -> page.type() == PageType.FREE).count();
            assertEquals(inspector.stats().freePageCount(), free);
        }
    }

    @Test
    void shouldSpellOutPagesAndBuckets() {
        try (StoreInspector inspector = StoreInspector.open(platform, Workload.PATH)) {
            List<BucketInfo> buckets = inspector.buckets();
            assertEquals(List.of("outer", "outer/inner"), buckets.stream().map(BucketInfo::printablePath).toList());
            assertEquals(102, buckets.getFirst().stats().keyCount());
            List<PageDump.Kind> kinds = new ArrayList<>();
            inspector.forEachPage(page -> {
                PageDump dump = inspector.dump(page.pageId());
                assertEquals(1024, dump.bytes().length);
                assertTrue(dump.lines().size() >= 2);
                dump.elements().forEach(element -> kinds.add(element.kind()));
            });
            assertTrue(kinds.containsAll(List.of(PageDump.Kind.values())));
            assertThrows(MisuseException.class, () -> inspector.dump(100_000));
        }
    }

    @Test
    void shouldShowDamagedPageAndGoOn() {
        disk.corrupt(Workload.PATH, 3 * 1024 + 700, 1);
        try (StoreInspector inspector = StoreInspector.open(platform, Workload.PATH)) {
            List<PageInfo> pages = new ArrayList<>();
            inspector.forEachPage(pages::add);
            PageInfo damaged = pages.stream().filter(page -> page.pageId() == 3).findFirst().orElseThrow();
            assertTrue(damaged.type() == PageType.DAMAGED || damaged.type() == PageType.FREE);
            assertEquals(damaged.type() == PageType.FREE, inspector.check().isClean());
        }
    }

    @Test
    void shouldCompactIntoNewFileOnly() {
        StoreInspector.compact(platform, Workload.PATH, COPY);
        assertThrows(MisuseException.class, () -> StoreInspector.compact(platform, Workload.PATH, COPY));
        assertTrue(disk.content(COPY).length < disk.content(Workload.PATH).length);
        try (BTreeStore store = BTreeStore.open(platform, COPY, Workload.OPTIONS)) {
            assertEquals(List.of(), store.check().findings());
            byte[] value = store.read(tx -> tx.bucket("outer".getBytes()).get("long".getBytes()).toByteArray());
            assertArrayEquals(new byte[5000], value);
        }
    }
}
