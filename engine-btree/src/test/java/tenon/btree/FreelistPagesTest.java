package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import tenon.api.CorruptDataException;
import tenon.api.WriteBucket;
import tenon.testkit.Seeds;
import tenon.testkit.SimulatedFileSystem;

/// What the freelist costs on the disk.
class FreelistPagesTest {
    private static final byte[] NAME = {'b'};
    private static final int KEY_COUNT = 12_000;
    /// In a page of its own.
    private static final int VALUE_BYTES = 600;
    private static final int ENTRY_COUNT_MAX = FreelistLayout.entryCountMax(1024);

    private final RandomGenerator random = Seeds.random(FreelistPagesTest.class);
    private final BTreeStore store = BTreeStore.inMemory(Workload.OPTIONS.withMapSegmentSizeBytes(1 << 20));

    private static byte[] key(int i) {
        return new byte[] {(byte) (i >> 16), (byte) (i >> 8), (byte) i};
    }

    private void fill(int from, int to, int step, boolean isDelete) {
        store.write(tx -> {
            WriteBucket bucket = tx.createBucketIfAbsent(NAME);
            for (int i = from; i < to; i += step) {
                if (isDelete) {
                    bucket.delete(key(i));
                } else {
                    bucket.put(key(i), new byte[VALUE_BYTES]);
                }
            }
            return null;
        });
    }

    /// What the disk says: all that is free or pending.
    private Freelist written() {
        try (BTreeReadTx tx = store.pin()) {
            return FreelistReader.read(tx.meta, tx.file);
        }
    }

    private static long addedPageCount(Freelist freelist, long txid) {
        return freelist.chain().stream().filter(link -> link.txid() == (int) txid).count();
    }

    @Test
    void shouldAddAPageOrTwoForACommitHoweverMuchIsFree() {
        fill(0, KEY_COUNT, 1, false);
        fill(0, KEY_COUNT, 2, true);
        Freelist before = written();
        assertTrue(before.pending().runCount() > KEY_COUNT / 3, "the test wants fragments");
        long needed = before.pending().runCount() / ENTRY_COUNT_MAX;
        assertTrue(needed > 30, "the test wants many pages, not " + needed);
        long longest = 0;
        long added = 0;
        for (int i = 0; i < 600; i++) {
            fill(2 * i + 1, 2 * i + 2, 1, false);
            Freelist now = written();
            longest = Math.max(longest, now.chainLength());
            long addedNow = addedPageCount(now, store.stats().txid());
            added += addedNow;
            assertTrue(addedNow <= 3, "commit " + i + " adds " + addedNow + " pages to the freelist");
        }
        assertTrue(added < 900, added + " pages in 600 commits");
        assertTrue(longest <= 16 + 2 * needed + needed / 2, longest + " pages for what " + needed + " can hold");
        assertEquals(List.of(), store.check().findings());
        store.close();
    }

    /// One long run at first, of which then every second page is taken: its one entry must not be repeated as a
    /// thousand at once.
    @Test
    void shouldRepeatALongEntryInPieces() {
        fill(0, KEY_COUNT, 1, false);
        fill(0, KEY_COUNT, 1, true);
        fill(0, 10, 1, false);
        for (int i = 0; i < 400; i++) {
            int from = 10 + 20 * i;
            fill(from, from + 20, 1, false);
            if (i >= 5) {
                fill(from - 100, from - 80, 2, true);
            }
            Freelist now = written();
            assertTrue(addedPageCount(now, store.stats().txid()) <= 4);
            assertTrue(now.validate());
            if (i % 50 == 0) {
                assertEquals(List.of(), store.check().findings());
            }
        }
        assertEquals(List.of(), store.check().findings());
        store.close();
    }

    @Test
    void shouldSayTheSameOnTheDiskAsInMemory() {
        fill(0, KEY_COUNT / 8, 1, false);
        for (int i = 0; i < 300; i++) {
            int from = random.nextInt(KEY_COUNT / 8);
            int count = random.nextInt(1, random.nextInt(8) == 0 ? 300 : 20);
            fill(from, from + count, random.nextInt(1, 4), random.nextInt(5) < 2);
            if (random.nextInt(10) == 0) {
                store.beginWrite().rollback();
                rollback(from);
            }
            Freelist now = written();
            assertEquals(now.freePageCount() + now.pendingPageCount(), unusedPageCount());
            assertTrue(now.chainLength() < 16 + 3 * (2 + now.unusedEntryCountMax() / ENTRY_COUNT_MAX), "too long");
            assertEquals(List.of(), store.check().findings());
        }
        store.close();
    }

    private long unusedPageCount() {
        return store.stats().freePageCount() + store.stats().pendingPageCount();
    }

    private void rollback(int from) {
        var tx = store.beginWrite();
        WriteBucket bucket = tx.bucket(NAME);
        for (int i = from; i < from + 50; i++) {
            bucket.put(key(i), new byte[VALUE_BYTES]);
            bucket.delete(key(i + 100));
        }
        tx.rollback();
    }

    /// Writes into the newest page of the chain, with the right checksum.
    private static SimulatedFileSystem withNewestPage(Consumer<ByteBuffer> change) {
        SimulatedFileSystem disk = Workload.newDisk();
        long pageId;
        try (BTreeStore opened = BTreeStore.open(Workload.platform(disk), Workload.PATH, Workload.OPTIONS)) {
            // So much scattered room that it takes some pages to tell it.
            for (boolean isDelete : new boolean[] {false, true}) {
                opened.write(tx -> {
                    WriteBucket bucket = tx.createBucketIfAbsent(NAME);
                    for (int i = 0; i < 1000; i++) {
                        if (!isDelete) {
                            bucket.put(key(i), new byte[VALUE_BYTES]);
                        } else if (i % 2 == 0) {
                            bucket.delete(key(i));
                        }
                    }
                    return null;
                });
            }
            try (BTreeReadTx tx = opened.pin()) {
                pageId = tx.meta.freelistPageId();
                assertTrue(FreelistReader.read(tx.meta, tx.file).chainLength() > 3);
            }
        }
        byte[] content = disk.content(Workload.PATH);
        int base = (int) pageId * Workload.OPTIONS.pageSizeBytes();
        ByteBuffer page = ByteBuffer.wrap(content, base, Workload.OPTIONS.pageSizeBytes())
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN);
        change.accept(page);
        CRC32C crc = new CRC32C();
        crc.update(page.duplicate().position(PageLayout.TYPE_OFFSET));
        page.putInt(PageLayout.CRC_OFFSET, (int) crc.getValue());
        disk.setContent(Workload.PATH, content);
        return disk;
    }

    private static void assertRefused(Consumer<ByteBuffer> change) {
        SimulatedFileSystem disk = withNewestPage(change);
        assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> assertThrows(
                        CorruptDataException.class,
                        () -> BTreeStore.open(Workload.platform(disk), Workload.PATH, Workload.OPTIONS)));
    }

    @Test
    void shouldRefuseAChainThatContradictsItself() {
        withNewestPage(page -> {});
        assertRefused(page -> {
            page.putLong(FreelistLayout.PREVIOUS_OFFSET, page.getLong(PageLayout.PAGE_ID_OFFSET));
            page.putInt(FreelistLayout.PREVIOUS_TXID_OFFSET, page.getInt(PageLayout.TXID_OFFSET));
            page.putInt(FreelistLayout.LENGTH_OFFSET, Integer.MAX_VALUE);
        });
        assertRefused(page -> page.putInt(FreelistLayout.LENGTH_OFFSET, -1));
        assertRefused(page -> page.putInt(FreelistLayout.LENGTH_OFFSET, Integer.MAX_VALUE));
        assertRefused(page -> page.putInt(FreelistLayout.REPEATED_COUNT_OFFSET, 10_000));
        assertRefused(page -> page.putLong(FreelistLayout.ENTRIES_OFFSET, FreelistLayout.entry(0, 1, 1)));
        assertRefused(page -> page.putLong(FreelistLayout.ENTRIES_OFFSET, FreelistLayout.entry(5, 0, 1)));
        assertRefused(page -> page.putLong(FreelistLayout.ENTRIES_OFFSET, FreelistLayout.entry(5, 1, 0)));
        assertRefused(page -> page.putLong(
                FreelistLayout.ENTRIES_OFFSET, FreelistLayout.entry(1L << 47, 1, FreelistLayout.KIND_FREED)));
        // All that there is, as often as it can be said.
        assertRefused(page -> {
            for (int i = 0; i < ENTRY_COUNT_MAX; i++) {
                long entry = FreelistLayout.entry(2, FreelistLayout.ENTRY_COUNT_MAX, FreelistLayout.KIND_FREE);
                page.putLong(FreelistLayout.ENTRIES_OFFSET + i * FreelistLayout.ENTRY_BYTES, entry);
            }
            page.putShort(PageLayout.COUNT_OFFSET, (short) ENTRY_COUNT_MAX);
        });
    }

    /// Says the same pages over and over: it costs no more than to say them once.
    @Test
    void shouldReadInTimeProportionalToTheChain() {
        PageSet undecided = new PageSet();
        long pageCount = 1L << 26;
        undecided.addRun(2, pageCount);
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
            long decided = 0;
            for (int i = 0; i < 1_000_000; i++) {
                for (long from = undecided.next(2); from >= 0 && from < pageCount; from = undecided.next(from)) {
                    long to = undecided.nextAbsent(from, pageCount);
                    undecided.removeRun(from, to - from);
                    decided += to - from;
                }
            }
            assertEquals(pageCount - 2, decided);
        });
    }
}
