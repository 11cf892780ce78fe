package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import tenon.api.Bucket;
import tenon.api.Cursor;
import tenon.api.KeyRange;
import tenon.api.ReadTx;
import tenon.api.WriteBucket;
import tenon.api.WriteCursor;
import tenon.api.WriteTx;

/// What a store should hold: nested sorted maps.
final class Model {
    private static final int NAMES = 3;

    private final Node root = new Node();

    /// A bucket: values are byte arrays or nested nodes.
    private static final class Node {
        private final NavigableMap<byte[], Object> elements = new TreeMap<>(Arrays::compareUnsigned);
        private long sequence;

        Node copy() {
            Node copy = new Node();
            copy.sequence = sequence;
            elements.forEach((key, value) -> copy.elements.put(key, value instanceof Node node ? node.copy() : value));
            return copy;
        }
    }

    Model copy() {
        Model copy = new Model();
        root.elements.forEach((key, value) -> copy.root.elements.put(key, ((Node) value).copy()));
        return copy;
    }

    /// Does something to a store and to the model.
    void randomOperation(RandomGenerator random, WriteTx tx, int pageSizeBytes) {
        byte[] name = name(random);
        if (random.nextInt(150) == 0) {
            assertEquals(root.elements.remove(name) != null, tx.deleteBucket(name));
            return;
        }
        Node node = (Node) root.elements.computeIfAbsent(name, missing -> new Node());
        WriteBucket bucket = tx.createBucketIfAbsent(name);
        int depth = random.nextInt(3);
        for (int i = 0; i < depth; i++) {
            byte[] nested = name(random);
            if (!(node.elements.get(nested) instanceof Node)) {
                node.elements.put(nested, new Node());
                bucket.createBucket(nested);
            }
            if (random.nextInt(60) == 0) {
                node.elements.remove(nested);
                assertTrue(bucket.deleteBucket(nested));
                return;
            }
            node = (Node) node.elements.get(nested);
            bucket = bucket.findBucket(nested).orElseThrow();
        }
        changeBucket(random, node, bucket, pageSizeBytes);
    }

    void deleteAll(WriteTx tx) {
        for (byte[] name : tx.bucketNames()) {
            assertTrue(tx.deleteBucket(name));
        }
        root.elements.clear();
    }

    private static byte[] name(RandomGenerator random) {
        return new byte[] {'B', (byte) ('0' + random.nextInt(NAMES))};
    }

    private static void changeBucket(RandomGenerator random, Node node, WriteBucket bucket, int pageSizeBytes) {
        switch (random.nextInt(14)) {
            case 0 -> {
                assertEquals(++node.sequence, bucket.nextSequence());
            }
            case 1 -> bucket.setFillPercent(0.3 + random.nextDouble() * 0.7);
            case 2 -> deleteRange(random, node, bucket);
            case 3, 4 -> {
                byte[] key = random.nextBoolean() || node.elements.isEmpty()
                        ? key(random, pageSizeBytes)
                        : near(random, node);
                boolean isKey = node.elements.get(key) instanceof byte[];
                assertEquals(isKey, bucket.delete(key));
                if (isKey) {
                    node.elements.remove(key);
                }
            }
            case 5, 6 -> putAscending(random, node, bucket, pageSizeBytes);
            case 7 -> deleteRangeAtOnce(random, node, bucket);
            case 8 -> {
                byte[] key = random.nextInt(3) > 0 || node.elements.isEmpty()
                        ? key(random, pageSizeBytes)
                        : near(random, node);
                if (!(node.elements.get(key) instanceof Node)) {
                    byte[] value = value(random, pageSizeBytes);
                    assertEquals(node.elements.putIfAbsent(key, value) == null, bucket.putIfAbsent(key, value));
                }
            }
            default -> put(node, bucket, key(random, pageSizeBytes), value(random, pageSizeBytes));
        }
    }

    /// Ascending keys, as revisions come.
    private static void putAscending(RandomGenerator random, Node node, WriteBucket bucket, int pageSizeBytes) {
        boolean appends = random.nextBoolean();
        for (int i = random.nextInt(40); i > 0; i--) {
            byte[] key = ("z" + String.format("%08d", ++node.sequence)).getBytes();
            byte[] value = value(random, pageSizeBytes);
            bucket.setSequence(node.sequence);
            if (appends && (node.elements.isEmpty() || Arrays.compareUnsigned(node.elements.lastKey(), key) < 0)) {
                bucket.append(key, value);
                node.elements.put(key, value);
            } else {
                put(node, bucket, key, value);
            }
        }
    }

    private static void deleteRangeAtOnce(RandomGenerator random, Node node, WriteBucket bucket) {
        byte[] from = random.nextInt(8) == 0 ? null : key(random, 4 * 12);
        byte[] to = random.nextInt(8) == 0 ? null : key(random, 4 * 12);
        KeyRange range = random.nextInt(4) == 0 ? KeyRange.prefix(new byte[] {'z'}) : new KeyRange(from, to);
        List<byte[]> keys = node.elements.keySet().stream()
                .filter(key -> range.contains(key) && node.elements.get(key) instanceof byte[])
                .toList();
        assertEquals(keys.size(), bucket.deleteRange(range));
        keys.forEach(node.elements::remove);
    }

    private static void put(Node node, WriteBucket bucket, byte[] key, byte[] value) {
        node.elements.put(key, value);
        switch (value.length % 3) {
            case 0 -> bucket.put(key, value);
            case 1 -> bucket.put(key, MemorySegment.ofArray(value));
            default -> bucket.reserve(key, value.length).put(0, value);
        }
        assertArrayEquals(value, bucket.get(key).toByteArray());
    }

    /// Many are alike for long, or differ only by zeros at their end, which is what heads of keys can get wrong.
    private static byte[] key(RandomGenerator random, int pageSizeBytes) {
        int lengthMax = random.nextInt(10) == 0 ? pageSizeBytes / 8 * 3 : 12;
        byte[] key = new byte[random.nextInt(1, lengthMax + 1)];
        int alike = random.nextInt(3) == 0 ? random.nextInt(key.length + 1) : 0;
        for (int i = 0; i < key.length; i++) {
            int distinct = random.nextInt(3) == 0 ? 2 : 256;
            key[i] = (byte) (i < alike ? 'a' : i < 2 ? 'a' + random.nextInt(6) : random.nextInt(distinct));
        }
        return key;
    }

    private static byte[] near(RandomGenerator random, Node node) {
        byte[] found = node.elements.ceilingKey(new byte[] {(byte) random.nextInt(97, 123)});
        return found == null ? node.elements.firstKey() : found;
    }

    private static byte[] value(RandomGenerator random, int pageSizeBytes) {
        int lengthMax = switch (random.nextInt(20)) {
            case 0 -> 3 * pageSizeBytes;
            case 1 -> 100_000;
            case 2, 3, 4 -> pageSizeBytes / 2;
            default -> 60;
        };
        byte[] value = new byte[random.nextInt(lengthMax + 1)];
        random.nextBytes(value);
        return value;
    }

    /// Deletes under a cursor.
    private static void deleteRange(RandomGenerator random, Node node, WriteBucket bucket) {
        WriteCursor cursor = bucket.cursor();
        byte[] from = {(byte) random.nextInt(97, 123)};
        boolean forward = random.nextBoolean();
        List<byte[]> keys = new ArrayList<>(
                (forward ? node.elements.tailMap(from, true) : node.elements.headMap(from, false).descendingMap())
                        .keySet());
        boolean found = cursor.seek(from);
        if (!forward) {
            found = found ? cursor.previous() : cursor.last();
        }
        int limit = random.nextInt(50);
        for (byte[] key : keys) {
            assertTrue(found);
            assertArrayEquals(key, cursor.key().toByteArray());
            if (!cursor.isBucket() && limit-- > 0 && random.nextInt(4) > 0) {
                cursor.delete();
                node.elements.remove(key);
            }
            found = forward ? cursor.next() : cursor.previous();
        }
        assertFalse(found);
    }

    void assertEqualTo(ReadTx tx) {
        assertEquals(root.elements.size(), tx.bucketNames().size());
        for (Map.Entry<byte[], Object> entry : root.elements.entrySet()) {
            assertEqual((Node) entry.getValue(), tx.bucket(entry.getKey()));
        }
    }

    private static void assertEqual(Node node, Bucket bucket) {
        assertEquals(node.sequence, bucket.sequence());
        Cursor cursor = bucket.cursor();
        for (Map.Entry<byte[], Object> entry : node.elements.entrySet()) {
            assertTrue(cursor.next());
            assertEqual(entry, cursor, bucket);
        }
        assertFalse(cursor.next());
        for (Map.Entry<byte[], Object> entry : node.elements.descendingMap().entrySet()) {
            assertTrue(cursor.previous());
            assertArrayEquals(entry.getKey(), cursor.key().toByteArray());
        }
        assertFalse(cursor.previous());
        assertEquals(node.elements.size(), bucket.stats().keyCount());
    }

    private static void assertEqual(Map.Entry<byte[], Object> entry, Cursor cursor, Bucket bucket) {
        assertArrayEquals(entry.getKey(), cursor.key().toByteArray());
        if (entry.getValue() instanceof Node nested) {
            assertTrue(cursor.isBucket());
            assertEquals(0, cursor.value().lengthBytes());
            assertNull(bucket.get(entry.getKey()));
            assertEqual(nested, bucket.findBucket(entry.getKey()).orElseThrow());
        } else {
            assertFalse(cursor.isBucket());
            assertArrayEquals((byte[]) entry.getValue(), cursor.value().toByteArray());
            assertArrayEquals((byte[]) entry.getValue(), bucket.get(entry.getKey()).toByteArray());
        }
    }
}
