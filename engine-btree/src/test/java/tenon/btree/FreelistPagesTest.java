package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tenon.api.WriteBucket;
import tenon.testkit.Seeds;

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
}
