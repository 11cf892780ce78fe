package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tenon.api.Cursor;
import tenon.api.KeyRange;
import tenon.api.MisuseException;
import tenon.api.TxEndedException;
import tenon.api.WriteBucket;
import tenon.api.WriteCursor;
import tenon.api.WriteTx;
import tenon.testkit.Seeds;

/// Walks, searches and deletions within a range, beside a sorted map.
class RangeTest {
    private static final byte[] NAME = {'b'};
    private static final int KEYS = 700;

    private final RandomGenerator random = Seeds.random(RangeTest.class);
    private final BTreeStore store = BTreeStore.inMemory(
            BTreeOptions.DEFAULT.withPageSizeBytes(1024).withMapSegmentSizeBytes(64 << 10));
    private final NavigableMap<byte[], byte[]> map = new TreeMap<>(Arrays::compareUnsigned);
    private WriteTx tx;
    private WriteBucket bucket;

    @BeforeEach
    void fill() {
        tx = store.beginWrite();
        bucket = tx.createBucket(NAME);
        for (int i = 0; i < KEYS; i++) {
            byte[] key = key();
            byte[] value = new byte[random.nextInt(40) == 0 ? 3000 : random.nextInt(60)];
            bucket.put(key, value);
            map.put(key, value);
        }
    }

    @AfterEach
    void close() {
        tx.close();
        assertEquals(List.of(), store.check().findings());
        store.close();
    }

    private byte[] key() {
        byte[] key = new byte[random.nextInt(1, 4)];
        random.nextBytes(key);
        return key;
    }

    private KeyRange range() {
        return switch (random.nextInt(6)) {
            case 0 -> KeyRange.ALL;
            case 1 -> KeyRange.atLeast(key());
            case 2 -> KeyRange.below(key());
            case 3 -> KeyRange.prefix(Arrays.copyOf(key(), 1));
            default -> new KeyRange(key(), key());
        };
    }

    private NavigableSet<byte[]> keysIn(KeyRange range) {
        if (range.from() != null && range.to() != null && Arrays.compareUnsigned(range.from(), range.to()) > 0) {
            return new TreeSet<>(Arrays::compareUnsigned);
        }
        NavigableMap<byte[], byte[]> keys = range.from() == null ? map : map.tailMap(range.from(), true);
        return (range.to() == null ? keys : keys.headMap(range.to(), false)).navigableKeySet();
    }

    private static void assertStandsOn(byte[] expected, boolean found, Cursor cursor) {
        assertEquals(expected != null, found);
        if (found) {
            assertArrayEquals(expected, cursor.key().toByteArray());
        } else {
            assertThrows(MisuseException.class, cursor::key);
        }
    }

    @Test
    void shouldWalkAnyRangeInBothDirections() {
        for (int i = 0; i < 100; i++) {
            KeyRange range = range();
            NavigableSet<byte[]> keys = keysIn(range);
            Cursor cursor = bucket.cursor(range);
            for (byte[] key : keys) {
                assertStandsOn(key, cursor.next(), cursor);
                assertArrayEquals(map.get(key), cursor.value().toByteArray());
                assertFalse(cursor.isBucket());
            }
            assertFalse(cursor.next());
            assertFalse(cursor.next());
            for (byte[] key : keys.descendingSet()) {
                assertStandsOn(key, cursor.previous(), cursor);
            }
            assertFalse(cursor.previous());
            assertFalse(cursor.previous());
            assertStandsOn(keys.isEmpty() ? null : keys.first(), cursor.next(), cursor);
            assertStandsOn(keys.isEmpty() ? null : keys.last(), cursor.last(), cursor);
            assertStandsOn(keys.isEmpty() ? null : keys.first(), cursor.first(), cursor);
        }
    }

    @Test
    void shouldSeekWithinTheRange() {
        for (int i = 0; i < 300; i++) {
            KeyRange range = range();
            NavigableSet<byte[]> keys = keysIn(range);
            Cursor cursor = bucket.cursor(range);
            byte[] key = random.nextBoolean() || keys.isEmpty() ? key() : keys.last();
            assertStandsOn(keys.ceiling(key), cursor.seek(key), cursor);
            assertStandsOn(keys.lower(key), cursor.previous(), cursor);
            assertStandsOn(keys.floor(key), cursor.seekAtMost(key), cursor);
            assertStandsOn(keys.higher(key), cursor.next(), cursor);
            assertStandsOn(keys.contains(key) ? key : null, cursor.seekExact(key), cursor);
            assertStandsOn(keys.higher(key), cursor.next(), cursor);
            cursor.seekExact(key);
            assertStandsOn(keys.lower(key), cursor.previous(), cursor);
        }
    }

    @Test
    void shouldDeleteUnderTheCursorInBothDirections() {
        for (int i = 0; i < 30; i++) {
            KeyRange range = range();
            List<byte[]> keys = new ArrayList<>(keysIn(range));
            boolean forward = random.nextBoolean();
            if (!forward) {
                Collections.reverse(keys);
            }
            WriteCursor cursor = bucket.cursor(range);
            boolean found = forward ? cursor.first() : cursor.last();
            for (byte[] key : keys) {
                assertStandsOn(key, found, cursor);
                if (random.nextInt(4) == 0) {
                    cursor.delete();
                    assertThrows(MisuseException.class, cursor::delete);
                    map.remove(key);
                }
                found = forward ? cursor.next() : cursor.previous();
            }
            assertFalse(found);
            assertThrows(MisuseException.class, cursor::delete);
        }
        assertEquals(map.size(), bucket.stats().keyCount());
    }

    @Test
    void shouldVisitKeysAndListBucketsApart() {
        bucket.createBucket("nested 2".getBytes());
        WriteBucket nested = bucket.createBucketIfAbsent("nested 1".getBytes());
        assertEquals(nested, bucket.createBucketIfAbsent("nested 1".getBytes()));
        assertEquals(nested, bucket.bucket("nested 1".getBytes()));
        assertThrows(MisuseException.class, () -> bucket.bucket("nested 3".getBytes()));
        assertEquals(
                List.of("nested 1", "nested 2"), bucket.bucketNames().stream().map(String::new).toList());
        KeyRange range = range();
        List<byte[]> visited = new ArrayList<>();
        bucket.forEach(range, (key, value) -> {
            visited.add(key.toByteArray());
            assertArrayEquals(map.get(key.toByteArray()), value.toByteArray());
        });
        assertArrayEquals(keysIn(range).toArray(), visited.toArray());
        int[] count = new int[1];
        bucket.forEach((key, value) -> count[0]++);
        assertEquals(map.size(), count[0]);
        assertThrows(TxEndedException.class, () -> bucket.forEach((key, value) -> bucket.put(NAME, NAME)));
    }

    @Test
    void shouldDeleteRangeAtOnce() {
        for (int i = 0; i < 40; i++) {
            KeyRange range = range();
            if (i < 39 && keysIn(range).size() > map.size() / 4) {
                continue;
            }
            List<byte[]> keys = new ArrayList<>(keysIn(range));
            assertEquals(keys.size(), bucket.deleteRange(range));
            keys.forEach(map::remove);
            List<byte[]> left = new ArrayList<>();
            bucket.forEach((key, value) -> left.add(key.toByteArray()));
            assertArrayEquals(map.keySet().toArray(), left.toArray());
        }
        bucket.createBucket("nested".getBytes()).put(NAME, NAME);
        assertEquals(map.size(), bucket.deleteRange(KeyRange.ALL));
        assertEquals(0, bucket.deleteRange(KeyRange.ALL));
        assertEquals(1, bucket.stats().keyCount());
        assertArrayEquals(NAME, bucket.bucket("nested".getBytes()).get(NAME).toByteArray());
        assertTrue(bucket.deleteBucket("nested".getBytes()));
        assertEquals(0, bucket.stats().leafPageCount());
        tx.commit();
    }

    @Test
    void shouldFreePagesOfARangeWithoutChangingThem() {
        tx.commit();
        store.write(tx -> {
            WriteBucket ascending = tx.createBucket("ascending".getBytes());
            for (int i = 0; i < 20_000; i++) {
                ascending.append(String.format("%08d", i).getBytes(), new byte[20]);
            }
            return null;
        });
        BTreeWriteTx deleting = store.beginWrite();
        WriteBucket ascending = deleting.bucket("ascending".getBytes());
        long pageCount = ascending.stats().leafPageCount();
        KeyRange range = new KeyRange("00000007".getBytes(), "00019990".getBytes());
        assertEquals(19_990 - 7, ascending.deleteRange(range));
        assertEquals(17, ascending.stats().keyCount());
        assertTrue(pageCount > 500 && deleting.dirtyPageCount() < 25, deleting.dirtyPageCount() + " of " + pageCount);
        deleting.commit();
    }

    @Test
    void shouldAppendOnlyBehindTheLastKey() {
        byte[] last = map.lastKey();
        byte[] behind = Arrays.copyOf(last, last.length + 1);
        assertThrows(MisuseException.class, () -> bucket.append(last, NAME));
        assertThrows(MisuseException.class, () -> bucket.append(map.firstKey(), NAME));
        assertThrows(MisuseException.class, () -> bucket.append(new byte[0], NAME));
        bucket.append(behind, NAME);
        assertArrayEquals(NAME, bucket.get(behind).toByteArray());
        assertThrows(MisuseException.class, () -> bucket.append(behind, NAME));
        WriteBucket fresh = bucket.createBucketIfAbsent("fresh".getBytes());
        fresh.append(new byte[] {5}, NAME);
        fresh.createBucket(new byte[] {7});
        assertThrows(MisuseException.class, () -> fresh.append(new byte[] {6}, NAME));
        assertThrows(MisuseException.class, () -> fresh.append(new byte[] {7}, NAME));
        fresh.append(new byte[] {8}, new byte[5000]);
        assertEquals(5000, fresh.get(new byte[] {8}).lengthBytes());
        assertEquals(3, fresh.stats().keyCount());
    }

    @Test
    void shouldPutOnlyWhereThereIsNoValue() {
        byte[] present = map.firstKey();
        assertFalse(bucket.putIfAbsent(present, new byte[77]));
        assertArrayEquals(map.get(present), bucket.get(present).toByteArray());
        byte[] absent = "absent".getBytes();
        assertTrue(bucket.putIfAbsent(absent, new byte[4000]));
        assertFalse(bucket.putIfAbsent(absent, NAME));
        assertEquals(4000, bucket.get(absent).lengthBytes());
        bucket.createBucket("nested".getBytes());
        assertThrows(MisuseException.class, () -> bucket.putIfAbsent("nested".getBytes(), NAME));
    }

    @Test
    void shouldKnowWhatAPrefixHolds() {
        assertEquals(new KeyRange(new byte[] {1, 2}, new byte[] {1, 3}), KeyRange.prefix(new byte[] {1, 2}));
        assertEquals(new KeyRange(new byte[] {1, -1}, new byte[] {2}), KeyRange.prefix(new byte[] {1, -1}));
        assertEquals(new KeyRange(new byte[] {-1}, null), KeyRange.prefix(new byte[] {-1}));
        assertTrue(KeyRange.prefix(new byte[0]).contains(NAME));
        assertTrue(KeyRange.prefix(new byte[] {-1}).contains(new byte[] {-1, -1, 0}));
        assertFalse(KeyRange.prefix(new byte[] {1, -1}).contains(new byte[] {2}));
    }
}
