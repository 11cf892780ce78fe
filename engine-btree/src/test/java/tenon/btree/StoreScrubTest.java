package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tenon.api.CorruptDataException;
import tenon.api.MisuseException;
import tenon.api.ReadTx;
import tenon.api.Scrub;
import tenon.api.ScrubProgress;
import tenon.api.WriteBucket;
import tenon.api.WriteTx;
import tenon.testkit.Seeds;
import tenon.testkit.SimulatedFileSystem;

class StoreScrubTest {
    private static final byte[] OUTER = "outer".getBytes();

    private final SimulatedFileSystem disk = new SimulatedFileSystem();
    private BTreeStore store;

    @BeforeEach
    void fill() {
        disk.createDirectories(Workload.PATH.getParent());
        store = BTreeStore.open(Workload.platform(disk), Workload.PATH, Workload.OPTIONS);
        for (int round = 0; round < 3; round++) {
            try (WriteTx tx = store.beginWrite()) {
                WriteBucket outer = tx.createBucketIfAbsent(OUTER);
                tx.createBucketIfAbsent("other".getBytes()).put(key(round), new byte[400]);
                for (int bucket = 0; bucket < 12; bucket++) {
                    byte[] name = ("inner" + bucket).getBytes();
                    WriteBucket inner = outer.findBucket(name).orElseGet(() -> outer.createBucket(name));
                    for (int i = 0; i < 80 && bucket % 3 == 0; i++) {
                        inner.put(key(i + 9 * round), new byte[20 + i]);
                    }
                    inner.findBucket("nested".getBytes()).orElseGet(() -> inner.createBucket("nested".getBytes())).put(key(round), new byte[900]);
                }
                for (int i = 0; i < 300; i++) {
                    outer.put(key(i), new byte[i % 50 == 0 ? 3000 : 30]);
                }
                tx.commit();
            }
        }
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static byte[] key(int i) {
        return String.format("key%05d", i).getBytes();
    }

    private static ScrubProgress run(Scrub scrub, int pageCountMax) {
        int steps = 0;
        while (scrub.step(pageCountMax)) {
            assertTrue(++steps < 10_000, "the scrub does not end");
        }
        return scrub.progress();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 50, 1_000_000})
    void shouldVerifyEachPageInUseOnce(int pageCountMax) {
        ScrubProgress progress = run(store.scrub(), pageCountMax);
        assertEquals(List.of(), progress.findings());
        assertTrue(progress.isDone());
        assertEquals(progress.pageCount(), progress.checkedPageCount());
        assertEquals(progress.pageCount(), store.stats().pageCount() - store.stats().freePageCount()
                - store.stats().pendingPageCount());
    }

    @Test
    void shouldDoNoMoreInAStepThanItIsTold() {
        Scrub scrub = store.scrub();
        scrub.step(1);
        long before = scrub.progress().checkedPageCount();
        while (scrub.step(5)) {
            long checked = scrub.progress().checkedPageCount() - before;
            // A value of 3000 bytes has three pages.
            assertTrue(checked > 0 && checked <= 5 + 2, "a step of " + checked + " pages");
            assertEquals(0, store.stats().openReadTxCount(), "between its steps it pins nothing");
            before += checked;
        }
        assertFalse(scrub.step(5), "it stays at its end");
    }

    /// Every page in use, one at a time.
    @ParameterizedTest
    @ValueSource(ints = {1, 1000})
    void shouldNameEachDamagedPage(int pageCountMax) {
        List<PageInfo> pages = new ArrayList<>();
        store.close();
        try (StoreInspector inspector = StoreInspector.open(Workload.platform(disk), Workload.PATH)) {
            inspector.forEachPage(pages::add);
        }
        store = BTreeStore.open(Workload.platform(disk), Workload.PATH, Workload.OPTIONS);
        run(store.scrub(), 1000);
        for (PageInfo page : pages) {
            long position = page.pageId() * 1024 + 600 % (page.type() == PageType.META ? 512 : 1024);
            disk.corrupt(Workload.PATH, position, 4);
            ScrubProgress progress = run(store.scrub(), pageCountMax);
            disk.corrupt(Workload.PATH, position, 4);
            if (page.type() == PageType.FREE) {
                assertEquals(List.of(), progress.findings());
            } else {
                assertEquals(1, progress.findings().size(), page + ": " + progress.findings());
                assertTrue(
                        progress.findings().getFirst().contains("page " + page.pageId() + ":"),
                        page + ": " + progress.findings());
            }
        }
        assertEquals(List.of(), run(store.scrub(), 1000).findings());
    }

    /// They read it before, so it counted as verified.
    @Test
    void shouldTakeItsTrustFromAPageThatItFindsDamaged() {
        try (ReadTx tx = store.beginRead()) {
            var cursor = tx.bucket(OUTER).cursor();
            while (cursor.next()) {
                cursor.value().toByteArray();
            }
            byte[] content = disk.content(Workload.PATH);
            for (long position = 2048 + 700; position < content.length; position += 1024) {
                disk.corrupt(Workload.PATH, position, 1);
            }
            assertFalse(run(store.scrub(), 10).isClean());
            assertThrows(CorruptDataException.class, () -> tx.bucket(OUTER));
        }
    }

    @Test
    void shouldVerifyWhatStaysWhileWritesGoOn() {
        RandomGenerator random = Seeds.random(StoreScrubTest.class);
        for (int round = 0; round < 20; round++) {
            Scrub scrub = store.scrub();
            while (scrub.step(random.nextInt(1, 12))) {
                try (WriteTx tx = store.beginWrite()) {
                    WriteBucket outer = tx.bucket(OUTER);
                    byte[] name = ("inner" + random.nextInt(20)).getBytes();
                    if (!outer.deleteBucket(name)) {
                        outer.createBucket(name).put(key(1), new byte[random.nextInt(2000)]);
                    }
                    for (int i = random.nextInt(40); i > 0; i--) {
                        outer.put(key(random.nextInt(400)), new byte[random.nextInt(60)]);
                        outer.delete(key(random.nextInt(400)));
                    }
                    tx.commit();
                }
                if (random.nextInt(40) == 0) {
                    store.defragment();
                }
            }
            assertEquals(List.of(), scrub.progress().findings());
        }
        assertEquals(List.of(), store.check().findings());
    }

    @Test
    void shouldMeetDamageThatWasThereFromTheBeginningWhateverIsWrittenBesideIt() {
        RandomGenerator random = Seeds.from(4);
        byte[] last = "other".getBytes();
        long damaged = rootOf("inner9", "nested");
        disk.corrupt(Workload.PATH, damaged * 1024 + 40, 1);
        Scrub scrub = store.scrub();
        while (scrub.step(3)) {
            try (WriteTx tx = store.beginWrite()) {
                tx.bucket(last).put(key(random.nextInt(400)), new byte[random.nextInt(60)]);
                tx.bucket(OUTER).put(key(random.nextInt(400)), new byte[random.nextInt(60)]);
                tx.commit();
            }
        }
        assertEquals(1, scrub.progress().findings().size(), scrub.progress().findings().toString());
        String finding = scrub.progress().findings().getFirst();
        assertTrue(finding.contains("outer / inner9 / nested") && finding.contains("page " + damaged), finding);
    }

    private long rootOf(String... names) {
        try (ReadTx tx = store.beginRead()) {
            var bucket = tx.bucket(OUTER);
            for (String name : names) {
                bucket = bucket.findBucket(name.getBytes()).orElseThrow();
            }
            return ((BTreeBucket) bucket).rootPageId;
        }
    }

    @Test
    void shouldRefuseAfterCloseAndAnEmptyStep() {
        Scrub scrub = store.scrub();
        assertThrows(MisuseException.class, () -> scrub.step(0));
        store.close();
        assertThrows(MisuseException.class, () -> scrub.step(1));
        store = BTreeStore.open(Workload.platform(disk), Workload.PATH, Workload.OPTIONS);
    }

    @Test
    void shouldScrubAnEmptyStoreAndOneInMemory() {
        try (BTreeStore memory = BTreeStore.inMemory(BTreeOptions.DEFAULT)) {
            assertTrue(run(memory.scrub(), 1).isClean());
        }
    }
}
