package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import tenon.api.Bucket;
import tenon.api.CorruptDataException;
import tenon.api.Cursor;
import tenon.api.FileInUseException;
import tenon.api.MisuseException;
import tenon.api.Platform;
import tenon.api.ReadTx;
import tenon.api.WriteBucket;
import tenon.api.WriteTx;
import tenon.api.WrongFileException;
import tenon.testkit.Fault;
import tenon.testkit.Seeds;
import tenon.testkit.SimulatedFileSystem;
import tenon.testkit.SimulatedPowerCut;

class StoreRepairTest {
    private static final Path COPY = Path.of("/disk/copy");
    private static final int ROUNDS = 3;

    private final SimulatedFileSystem disk = new SimulatedFileSystem();
    private final Platform platform = Workload.platform(disk);
    /// The content after each round.
    private final List<Map<String, String>> rounds = new ArrayList<>();

    private BTreeStore open(Path path) {
        return BTreeStore.open(platform, path, Workload.OPTIONS);
    }

    /// Two buckets with keys that differ, a nested one, values of all lengths.
    private void fill() {
        disk.createDirectories(Workload.PATH.getParent());
        try (BTreeStore store = open(Workload.PATH)) {
            for (int round = 0; round < ROUNDS; round++) {
                try (WriteTx tx = store.beginWrite()) {
                    WriteBucket words = tx.createBucketIfAbsent("words".getBytes());
                    WriteBucket inner = words.findBucket("inner".getBytes())
                            .orElseGet(() -> words.createBucket("inner".getBytes()));
                    words.setSequence(7 + round);
                    for (int i = 0; i < 150; i++) {
                        words.put(String.format("w%04d", i).getBytes(), value(i, i % 10 < 3 ? round : 0));
                        inner.put(String.format("n%04d", i).getBytes(), value(i, i < 20 ? round : 0));
                    }
                    WriteBucket other = tx.createBucketIfAbsent("zebra".getBytes());
                    other.put("z1".getBytes(), value(1, round));
                    tx.commit();
                }
                rounds.add(content(store));
            }
        }
    }

    private static byte[] value(int i, int round) {
        byte[] value = new byte[i % 60 == 59 ? 3000 : 20];
        Arrays.fill(value, (byte) (i + 50 * round));
        return value;
    }

    private Map<String, String> content(BTreeStore store) {
        assertEquals(List.of(), store.check().findings());
        try (ReadTx tx = store.beginRead()) {
            Map<String, String> content = new TreeMap<>();
            for (byte[] name : tx.bucketNames()) {
                collect(tx.bucket(name), new String(name), content);
            }
            return content;
        }
    }

    private static void collect(Bucket bucket, String path, Map<String, String> to) {
        to.put(path, "sequence " + bucket.sequence());
        Cursor cursor = bucket.cursor();
        while (cursor.next()) {
            byte[] key = cursor.key().toByteArray();
            if (cursor.isBucket()) {
                collect(bucket.findBucket(key).orElseThrow(), path + "/" + new String(key), to);
            } else {
                to.put(path + "/" + new String(key), Arrays.toString(cursor.value().toByteArray()));
            }
        }
    }

    private List<PageInfo> pages(Predicate<PageInfo> wanted) {
        List<PageInfo> pages = new ArrayList<>();
        try (StoreInspector inspector = StoreInspector.open(platform, Workload.PATH)) {
            inspector.forEachPage(page -> {
                if (wanted.test(page)) {
                    pages.add(page);
                }
            });
        }
        return pages;
    }

    private long newestTxid() {
        try (StoreInspector inspector = StoreInspector.open(platform, Workload.PATH)) {
            return inspector.tx().txid();
        }
    }

    private static boolean isTree(PageInfo page) {
        return page.type() == PageType.LEAF || page.type() == PageType.BRANCH;
    }

    private void damage(PageInfo page) {
        disk.corrupt(Workload.PATH, page.pageId() * 1024 + 60, 1);
    }

    private SalvageReport salvage() {
        disk.delete(COPY);
        return StoreRepair.salvage(platform, Workload.PATH, COPY);
    }

    private Map<String, String> salvaged() {
        try (BTreeStore store = open(COPY)) {
            return content(store);
        }
    }

    // ---- falling back

    /// Each page of the newest commit is damaged in turn, the freelist's too.
    @Test
    void shouldFallBackWhateverPageOfTheNewestCommitIsDamaged() {
        fill();
        byte[] whole = disk.content(Workload.PATH);
        long newest = newestTxid();
        List<PageInfo> written = pages(page -> page.txid() == newest && page.type() != PageType.META);
        assertTrue(written.stream().map(PageInfo::type).distinct().count() >= 4, written.toString());
        for (PageInfo page : written) {
            disk.setContent(Workload.PATH, whole);
            damage(page);
            FallBackReport report = StoreRepair.fallBack(platform, Workload.PATH);
            assertEquals(newest, report.damagedTxid());
            assertEquals(newest - 1, report.txid());
            assertTrue(report.findings().getFirst().contains("page " + page.pageId() + ":"), report.toString());
            try (BTreeStore store = open(Workload.PATH)) {
                assertSame(rounds.get(ROUNDS - 2), content(store));
                assertTrue(store.stats().txid() > newest, "no txid stands for two commits");
                store.write(tx -> {
                    tx.bucket("zebra".getBytes()).put("after".getBytes(), new byte[2000]);
                    return null;
                });
                assertEquals(rounds.get(ROUNDS - 2).size() + 1, content(store).size());
            }
            assertThrows(MisuseException.class, () -> StoreRepair.fallBack(platform, Workload.PATH));
        }
    }

    @Test
    void shouldNotFallBackByItself() {
        fill();
        long newest = newestTxid();
        PageInfo freelist = pages(page -> page.txid() == newest && page.type() == PageType.FREELIST).getFirst();
        damage(freelist);
        CorruptDataException error = assertThrows(CorruptDataException.class, () -> open(Workload.PATH));
        assertTrue(error.getMessage().contains("page " + freelist.pageId() + ":"), error.getMessage());
        assertEquals(newest, newestTxid());
    }

    @Test
    void shouldRefuseToFallBackFromAWholeCommitOrToADamagedOne() {
        fill();
        byte[] whole = disk.content(Workload.PATH);
        assertThrows(MisuseException.class, () -> StoreRepair.fallBack(platform, Workload.PATH));
        assertArrayEquals(whole, disk.content(Workload.PATH));
        pages(page -> page.type() != PageType.META).forEach(this::damage);
        byte[] damaged = disk.content(Workload.PATH);
        CorruptDataException error = assertThrows(
                CorruptDataException.class, () -> StoreRepair.fallBack(platform, Workload.PATH));
        assertTrue(error.getMessage().contains("salvage"), error.getMessage());
        assertArrayEquals(damaged, disk.content(Workload.PATH), "nothing was changed");
        try (BTreeStore store = BTreeStore.open(platform, COPY, Workload.OPTIONS)) {
            assertThrows(FileInUseException.class, () -> StoreRepair.fallBack(platform, store.path()));
        }
    }

    @Test
    void shouldFallBackFromACommitWhosePagesWereCutOff() {
        fill();
        byte[] whole = disk.content(Workload.PATH);
        try (BTreeStore store = open(Workload.PATH)) {
            store.write(tx -> {
                tx.bucket("zebra".getBytes()).put("long".getBytes(), new byte[200_000]);
                return null;
            });
        }
        disk.setContent(Workload.PATH, Arrays.copyOf(disk.content(Workload.PATH), whole.length));
        assertThrows(CorruptDataException.class, () -> open(Workload.PATH));
        StoreRepair.fallBack(platform, Workload.PATH);
        try (BTreeStore store = open(Workload.PATH)) {
            assertSame(rounds.getLast(), content(store));
        }
    }

    @Test
    void shouldShowTheOlderCommitOrBeRepeatableWhereverThePowerGoes() {
        fill();
        long newest = newestTxid();
        damage(pages(page -> page.txid() == newest && page.type() == PageType.LEAF).getFirst());
        byte[] damaged = disk.content(Workload.PATH);
        CrashStates states = new CrashStates(Seeds.from(3));
        for (int operation = 1; operation <= 4; operation++) {
            SimulatedFileSystem failing = new SimulatedFileSystem();
            failing.setContent(Workload.PATH, damaged);
            failing.failAt(operation, Fault.POWER_CUT);
            assertThrows(
                    SimulatedPowerCut.class,
                    () -> StoreRepair.fallBack(Workload.platform(failing), Workload.PATH));
            for (SimulatedFileSystem state : states.of(failing, operation)) {
                try (BTreeStore store = BTreeStore.open(Workload.platform(state), Workload.PATH, Workload.OPTIONS)) {
                    if (store.check().isClean()) {
                        assertSame(rounds.get(ROUNDS - 2), content(store));
                        continue;
                    }
                }
                StoreRepair.fallBack(Workload.platform(state), Workload.PATH);
                try (BTreeStore store = BTreeStore.open(Workload.platform(state), Workload.PATH, Workload.OPTIONS)) {
                    assertSame(rounds.get(ROUNDS - 2), content(store));
                }
            }
        }
        assertTrue(states.count() > 8, "states: " + states.count());
    }

    // ---- salvage

    @Test
    void shouldSalvageAWholeFileWhole() {
        fill();
        SalvageReport report = salvage();
        assertTrue(report.isComplete(), report.toString());
        assertEquals(0, report.damagedPageCount());
        assertEquals(3, report.bucketCount());
        assertEquals(301, report.keyCount());
        assertSame(rounds.getLast(), salvaged());
        assertThrows(MisuseException.class, () -> StoreRepair.salvage(platform, Workload.PATH, COPY));
    }

    /// Nothing is invented: each key has a value that it had in some commit; and what lies elsewhere is whole.
    @Test
    void shouldSalvageAllButWhatADamagedPageHeld() {
        fill();
        byte[] whole = disk.content(Workload.PATH);
        for (PageInfo page : pages(StoreRepairTest::isTree)) {
            disk.setContent(Workload.PATH, whole);
            damage(page);
            SalvageReport report = salvage();
            assertFalse(report.isComplete(), page.toString());
            assertEquals(1, report.damagedPageCount(), page + ": " + report);
            assertTrue(report.findings().getFirst().contains("page " + page.pageId() + ":"), report.toString());
            Map<String, String> found = salvaged();
            int same = 0;
            for (var entry : found.entrySet()) {
                if (!entry.getKey().startsWith("lost+found")) {
                    String key = entry.getKey();
                    boolean known = rounds.stream()
                            .anyMatch(round -> entry.getValue().equals(round.get(key)));
                    assertTrue(known, page + ": " + entry.getKey() + " has a value that it never had");
                    same += entry.getValue().equals(rounds.getLast().get(entry.getKey())) ? 1 : 0;
                }
            }
            int before = rounds.getLast().size();
            int pageKeys = page.type() == PageType.LEAF ? page.count() : 0;
            boolean isRoot = page.level() > 0 || found.keySet().stream().anyMatch(key -> key.startsWith("lost+found"));
            assertTrue(isRoot || same >= before - pageKeys - 1, page + ": " + same + " of " + before + ", " + report);
            assertTrue(
                    same + report.lostAndFoundKeyCount() + report.olderKeyCount() + pageKeys >= before - 3,
                    page + ": " + same + " of " + before + ", " + report);
        }
    }

    @Test
    void shouldFindTheLeafPagesOfADamagedBranchPage() {
        fill();
        PageInfo branch = pages(page -> page.level() == 1).getFirst();
        damage(branch);
        SalvageReport report = salvage();
        assertTrue(report.orphanKeyCount() > 20, report.toString());
        assertSame(rounds.getLast(), salvaged());
    }

    /// Maps of long values make long messages.
    private static void assertSame(Map<String, String> expected, Map<String, String> found) {
        assertEquals(expected.keySet(), found.keySet());
        expected.forEach((key, value) -> assertEquals(value, found.get(key), key));
    }

    @Test
    void shouldSalvageWithoutMetaPages() {
        fill();
        byte[] content = disk.content(Workload.PATH);
        Arrays.fill(content, 0, 2048, (byte) 0x5a);
        disk.setContent(Workload.PATH, content);
        assertThrows(WrongFileException.class, () -> open(Workload.PATH));
        SalvageReport report = salvage();
        assertTrue(report.isComplete(), report.toString());
        assertSame(rounds.getLast(), salvaged());
    }

    @Test
    void shouldSalvageWithoutMetaPagesAndRoot() {
        fill();
        long newest = newestTxid();
        long rootPageId;
        try (StoreInspector inspector = StoreInspector.open(platform, Workload.PATH)) {
            rootPageId = ((BTreeReadTx) inspector.tx()).meta.rootPageId();
        }
        damage(pages(page -> page.pageId() == rootPageId).getFirst());
        byte[] content = disk.content(Workload.PATH);
        Arrays.fill(content, 0, 2048, (byte) 0);
        disk.setContent(Workload.PATH, content);
        SalvageReport report = salvage();
        assertTrue(report.txid() < newest && report.txid() >= 0, report.toString());
        Map<String, String> found = salvaged();
        rounds.get(ROUNDS - 2).forEach((key, value) -> assertEquals(value, found.get(key), key));
    }

    @Test
    void shouldSalvageWhatIsLeftOfATruncatedFile() {
        fill();
        byte[] whole = disk.content(Workload.PATH);
        long before = 0;
        for (int size = 4096; size < whole.length; size += 7000) {
            disk.setContent(Workload.PATH, Arrays.copyOf(whole, size));
            SalvageReport report = salvage();
            Map<String, String> found = salvaged();
            found.forEach((key, value) -> assertTrue(
                    key.startsWith("lost+found")
                            || rounds.stream().anyMatch(round -> value.equals(round.get(key))),
                    key));
            before = Math.max(before, report.keyCount());
        }
        assertTrue(before > 100, "most of the keys were found at best: " + before);
    }

    @Test
    void shouldRefuseToSalvageWhatIsNoStore() {
        disk.setContent(Workload.PATH, new byte[300_000]);
        assertThrows(WrongFileException.class, this::salvage);
        assertFalse(disk.exists(COPY));
        disk.setContent(Workload.PATH, new byte[0]);
        assertThrows(WrongFileException.class, this::salvage);
    }
}
