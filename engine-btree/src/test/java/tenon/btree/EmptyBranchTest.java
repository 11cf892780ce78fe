package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import tenon.api.WriteBucket;

/// A branch page that has lost its last child, beside one that has no room for another.
class EmptyBranchTest {
    private static final byte[] NAME = {'b'};
    private static final int KEY_COUNT = 500;
    /// Three values fill a leaf, about forty leaves a branch page.
    private static final int VALUE_BYTES = 300;
    private static final int BRANCH_KEY_COUNT = 130;

    private static byte[] key(int i) {
        return new byte[] {(byte) (i >> 16), (byte) (i >> 8), (byte) i};
    }

    private static BTreeStore filled() {
        BTreeStore store = BTreeStore.inMemory(Workload.OPTIONS.withMapSegmentSizeBytes(1 << 20));
        store.write(tx -> {
            WriteBucket bucket = tx.createBucket(NAME);
            bucket.setFillPercent(1.0);
            for (int i = 0; i < KEY_COUNT; i++) {
                bucket.put(key(i), new byte[VALUE_BYTES]);
            }
            return null;
        });
        return store;
    }

    private static void delete(BTreeStore store, int from, int to) {
        int step = Integer.signum(to - from);
        store.write(tx -> {
            for (int i = from; i != to; i += step) {
                tx.bucket(NAME).delete(key(i));
            }
            return null;
        });
        assertEquals(List.of(), store.check().findings(), "without " + from + " to " + to);
    }

    private static int count(BTreeStore store) {
        return store.read(tx -> {
            int count = 0;
            for (var cursor = tx.bucket(NAME).cursor(); cursor.next(); ) {
                count++;
            }
            return count;
        });
    }

    @Test
    void shouldGoFromTheEndWhereTheOneBeforeIsFull() {
        try (BTreeStore store = filled()) {
            for (int last = KEY_COUNT - 1; last >= 0; last--) {
                delete(store, last, last - 1);
                assertEquals(last, count(store));
            }
        }
    }

    @Test
    void shouldGoFromTheBeginningWhereTheOneBehindIsFull() {
        try (BTreeStore store = filled()) {
            for (int first = 0; first < KEY_COUNT; first++) {
                delete(store, first, first + 1);
                assertEquals(KEY_COUNT - first - 1, count(store));
            }
        }
    }

    /// Room for a child came too late to join the pages while there was one.
    @Test
    void shouldGoWhereTheOneBeforeHasGotRoom() {
        for (int left = 0; left < 2 * BRANCH_KEY_COUNT; left++) {
            try (BTreeStore store = filled()) {
                int end = KEY_COUNT - left;
                delete(store, KEY_COUNT - 1, end - 1);
                int holeEnd = end - 30;
                delete(store, holeEnd - 9, holeEnd);
                delete(store, end - 1, end - 16);
                assertEquals(end - 24, count(store));
            }
        }
    }
}
