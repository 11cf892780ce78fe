package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import tenon.api.CorruptDataException;
import tenon.api.OpenMode;
import tenon.api.StorageFile;
import tenon.testkit.CrashPlan;
import tenon.testkit.CrashPlan.Fate;
import tenon.testkit.Fault;
import tenon.testkit.Seeds;
import tenon.testkit.SimulatedFileSystem;
import tenon.testkit.SimulatedPowerCut;

/// A commit of few pages is written with one sync, and counts after a crash only if all its pages are there.
class CommitPagesTest {
    private static final byte[] NAME = {'b'};
    private static final byte[] KEY = {'k'};
    private static final int PAGE_BYTES = Workload.OPTIONS.pageSizeBytes();

    private static void put(BTreeStore store, int number) {
        store.write(tx -> {
            tx.createBucketIfAbsent(NAME).put(KEY, new byte[] {(byte) number});
            return null;
        });
    }

    private static int number(BTreeStore store) {
        assertEquals(List.of(), store.check().findings());
        return store.read(tx -> (int) tx.bucket(NAME).get(KEY).get(0));
    }

    private static SimulatedFileSystem diskWithCommits(int count) {
        SimulatedFileSystem disk = Workload.newDisk();
        try (BTreeStore store = Workload.open(disk)) {
            for (int number = 1; number <= count; number++) {
                put(store, number);
            }
        }
        return disk;
    }

    /// The power goes in the sync of a commit, the last operation of it. Of its writes only the meta page is kept, or
    /// all but that.
    private static SimulatedFileSystem withUnfinished(SimulatedFileSystem before, int number, boolean keepsMeta) {
        SimulatedFileSystem probe = before.copy();
        BTreeStore whole = Workload.open(probe);
        long begin = probe.operationCount();
        put(whole, number);
        long operations = probe.operationCount() - begin;
        SimulatedFileSystem disk = before.copy();
        BTreeStore store = Workload.open(disk);
        disk.failAt(disk.operationCount() + operations, Fault.POWER_CUT);
        assertThrows(SimulatedPowerCut.class, () -> put(store, number));
        List<Fate> fates = new ArrayList<>(Collections.nCopies((int) operations - 1, keepsMeta ? Fate.DROPPED : Fate.KEPT));
        fates.set((int) operations - 2, keepsMeta ? Fate.KEPT : Fate.DROPPED);
        return disk.crash(CrashPlan.inTurn(Seeds.from(1), 0, fates));
    }

    @Test
    void shouldWriteASmallCommitWithOneSync() {
        SimulatedFileSystem disk = diskWithCommits(3);
        try (BTreeStore store = Workload.open(disk)) {
            put(store, 4);
            assertEquals(4, number(Workload.open(disk.copy().crash(CrashPlan.dropAll()))), "durable once the commit has returned");
            long begin = disk.operationCount();
            put(store, 5);
            assertTrue(disk.operationCount() - begin <= 4, "two or three writes and a sync");
        }
    }

    @Test
    void shouldGoBackFromACommitWhosePagesAreNotThere() {
        SimulatedFileSystem before = diskWithCommits(5);
        long txid = txidOf(before);
        SimulatedFileSystem disk = withUnfinished(before, 6, true);
        try (BTreeStore store = Workload.open(disk)) {
            assertEquals(txid, store.stats().txid());
            assertEquals(5, number(store));
            put(store, 7);
            assertEquals(7, number(store));
        }
        assertEquals(7, number(Workload.open(disk)));
    }

    private static long txidOf(SimulatedFileSystem disk) {
        try (BTreeStore store = Workload.open(disk.copy())) {
            return store.stats().txid();
        }
    }

    /// Both attempts make the same pages, with the same txid.
    @Test
    void shouldNotTakeThePagesOfAFailedAttemptForThoseOfTheNext() {
        SimulatedFileSystem before = diskWithCommits(5);
        SimulatedFileSystem afterFirst = withUnfinished(before, 6, false);
        assertEquals(5, number(Workload.open(afterFirst.copy())));
        SimulatedFileSystem afterSecond = withUnfinished(afterFirst, 7, true);
        assertEquals(5, number(Workload.open(afterSecond)), "6 was never acknowledged, and 7 never written");
    }

    /// No commit could follow on it.
    @Test
    void shouldNotBelieveATransactionNumberThatIsNearlyTheLast() {
        assertNotNull(Meta.decode(Meta.empty(PAGE_BYTES, Long.MAX_VALUE >> 1).encode(), 0));
        assertNull(Meta.decode(Meta.empty(PAGE_BYTES, Long.MAX_VALUE).encode(), 0));
    }

    private static Meta newestMeta(SimulatedFileSystem disk) {
        try (StorageFile file = disk.open(Workload.PATH, OpenMode.READ)) {
            return MetaPages.read(file).meta();
        }
    }

    private static void damageRoot(SimulatedFileSystem disk) {
        disk.corrupt(Workload.PATH, newestMeta(disk).rootPageId() * PAGE_BYTES + 700, 1);
    }

    @Test
    void shouldCallItDamageOnceTheStoreWasClosed() {
        SimulatedFileSystem disk = diskWithCommits(5);
        Meta meta = newestMeta(disk);
        damageRoot(disk);
        assertEquals(meta, newestMeta(disk));
        try (BTreeStore store = Workload.open(disk)) {
            assertThrows(CorruptDataException.class, () -> store.read(tx -> tx.bucket(NAME).get(KEY)));
        }
    }

    @Test
    void shouldGoBackByOneCommitAtMostIfAPageOfTheNewestIsDamagedBeforeItIsClosed() {
        SimulatedFileSystem disk = diskWithCommits(4);
        BTreeStore store = Workload.open(disk);
        put(store, 5);
        SimulatedFileSystem crashed = disk.copy();
        Meta newest = newestMeta(crashed);
        damageRoot(crashed);
        try (BTreeStore opened = Workload.open(crashed)) {
            assertEquals(newest.txid() - 1, opened.stats().txid());
            assertEquals(4, number(opened));
        }
        store.close();
    }

    @Test
    void shouldRefuseAStoreWithNothingToGoBackTo() {
        SimulatedFileSystem disk = diskWithCommits(4);
        BTreeStore store = Workload.open(disk);
        put(store, 5);
        SimulatedFileSystem crashed = disk.copy();
        int newestSlot;
        try (StorageFile file = crashed.open(Workload.PATH, OpenMode.READ)) {
            newestSlot = MetaPages.read(file).slot();
        }
        damageRoot(crashed);
        for (int copy = 0; copy < MetaLayout.COPY_COUNT; copy++) {
            crashed.corrupt(Workload.PATH, (1L - newestSlot) * PAGE_BYTES + copy * MetaLayout.RECORD_BYTES + 20, 1);
        }
        CorruptDataException e = assertThrows(CorruptDataException.class, () -> Workload.open(crashed));
        assertTrue(e.getMessage().contains("was not finished"), e.getMessage());
        store.close();
    }

    @Test
    void shouldReadNothingBeyondWhatARecordMayTell() {
        SimulatedFileSystem disk = diskWithCommits(5);
        Meta meta = newestMeta(disk);
        try (StorageFile file = disk.open(Workload.PATH, OpenMode.READ)) {
            for (long pageId : new long[] {-1, 0, 1, meta.highWaterMark(), 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE}) {
                CommitPages pages = new CommitPages(new long[] {pageId}, new int[] {0});
                assertNotNull(pages.findMissing(file, meta), "page " + pageId);
            }
        }
        ByteBuffer record = ByteBuffer.allocate(MetaLayout.RECORD_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int count : new int[] {-1, MetaLayout.COMMIT_PAGE_COUNT_MAX + 1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            record.putInt(MetaLayout.COMMIT_PAGE_COUNT_OFFSET, count);
            assertTrue(CommitPages.decode(record, 0).isEmpty(), count + " pages");
        }
    }

    @Test
    void shouldKeepAllThatARecordMayTell() {
        long[] pageIds = new long[MetaLayout.COMMIT_PAGE_COUNT_MAX];
        int[] crcs = new int[pageIds.length];
        for (int i = 0; i < pageIds.length; i++) {
            pageIds[i] = (1L << 45) + i;
            crcs[i] = ~i;
        }
        ByteBuffer page = ByteBuffer.allocate(PAGE_BYTES);
        Meta meta = new Meta(MetaLayout.FORMAT_VERSION, PAGE_BYTES, 7, 0, 0, 0, 0, 1L << 46, 0);
        meta.encode(page, new CommitPages(pageIds, crcs));
        for (int base = 0; base < MetaLayout.COPY_COUNT * MetaLayout.RECORD_BYTES; base += MetaLayout.RECORD_BYTES) {
            assertEquals(meta, Meta.decode(page, base));
            CommitPages read = CommitPages.decode(page, base);
            assertArrayEquals(pageIds, read.pageIds());
            assertArrayEquals(crcs, read.crcs());
        }
        page.put(MetaLayout.COMMIT_PAGES_OFFSET, (byte) 1);
        assertNull(Meta.decode(page, 0), "the pages are under the checksum of the record");
        assertNotNull(Meta.decode(page, MetaLayout.RECORD_BYTES));
    }
}
