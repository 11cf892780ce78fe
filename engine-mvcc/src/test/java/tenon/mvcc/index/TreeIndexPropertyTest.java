package tenon.mvcc.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tenon.mvcc.KeyRange;
import tenon.mvcc.KeyValue;
import tenon.testkit.Seeds;

class TreeIndexPropertyTest {
    private final TreeIndex index = new TreeIndex();
    private final GenerationModel model = new GenerationModel();
    private long main = 1;
    private long compacted = -1;

    @Test
    void shouldBehaveAsGenerations() {
        RandomGenerator random = Seeds.random(getClass());
        int keySpace = 1 + random.nextInt(800);
        for (int round = 0; round < 60; round++) {
            change(random, keySpace, 1 + random.nextInt(150));
            if (random.nextInt(4) == 0 && main > compacted + 1) {
                compact(random, compacted < 1 ? 1 + random.nextLong(main) : compacted + 1 + random.nextLong(main - compacted));
            }
            index.validate();
            IndexSnapshot snapshot = index.snapshot();
            assertEquals(model.keyCount(), snapshot.size().keyCount());
            check(snapshot, random, IndexSnapshot.CURRENT);
            check(snapshot, random, Math.max(compacted, random.nextLong(main + 1)));
        }
    }

    @Test
    void shouldKeepSnapshotsUnchanged() {
        RandomGenerator random = Seeds.random(getClass());
        List<IndexSnapshot> snapshots = new ArrayList<>();
        List<SortedMap<String, GenerationModel.Version>> expected = new ArrayList<>();
        for (int round = 0; round < 30; round++) {
            change(random, 400, 100);
            snapshots.add(index.snapshot());
            expected.add(model.visible(IndexSnapshot.CURRENT));
        }
        compact(random, main);
        change(random, 400, 500);
        for (int i = 0; i < snapshots.size(); i++) {
            assertEquals(expected.get(i), visit(snapshots.get(i), KeyRange.all(), IndexSnapshot.CURRENT));
        }
    }

    @Test
    void shouldShrinkToNothing() {
        RandomGenerator random = Seeds.random(getClass());
        change(random, 2_000, 4_000);
        for (String key : model.visible(IndexSnapshot.CURRENT).keySet()) {
            main++;
            index.tombstone(bytes(key), main, 0);
            model.tombstone(key, main, 0);
        }
        compact(random, main);
        index.validate();
        assertEquals(1, index.snapshot().size().keyCount(), "the tombstone at the compacted revision stays");
        main++;
        compact(random, main);
        index.validate();
        IndexSize size = index.snapshot().size();
        assertEquals(0, size.keyCount());
        assertTrue(size.heapBytes() < 1_000, "an empty tree takes " + size.heapBytes());
    }

    @Test
    void shouldTakeLargeKeys() {
        for (int i = 0; i < 100; i++) {
            byte[] key = new byte[300_000];
            key[299_999] = (byte) (i * 37);
            main++;
            index.put(key, main, 0);
        }
        index.validate();
        assertEquals(100, index.snapshot().count(KeyRange.all()));
    }

    @Test
    void shouldCostFewBytesForAKey() {
        int keyCount = 100_000;
        RandomGenerator random = Seeds.random(getClass());
        byte[][] keys = new byte[keyCount][];
        for (int i = 0; i < keyCount; i++) {
            keys[i] = bytes("/registry/pods/%016x".formatted(random.nextLong()));
            index.put(keys[i], ++main, 0);
        }
        long once = index.snapshot().size().heapBytes();
        assertTrue(once < 120L * keyCount, "a key of 31 bytes takes " + once / keyCount);
        for (int round = 0; round < 4; round++) {
            for (byte[] key : keys) {
                index.put(key, ++main, 0);
            }
        }
        long five = index.snapshot().size().heapBytes();
        assertTrue(five - once < 4L * 30 * keyCount, "a version takes " + (five - once) / (4L * keyCount));
    }

    private void change(RandomGenerator random, int keySpace, int changeCount) {
        int sub = 0;
        for (int i = 0; i < changeCount; i++) {
            if (i == 0 || random.nextInt(3) > 0) {
                main++;
                sub = 0;
            }
            String key = "k" + random.nextInt(keySpace) + (random.nextInt(50) == 0 ? "x".repeat(2_000) : "");
            if (random.nextInt(3) == 0 && model.visible(IndexSnapshot.CURRENT).containsKey(key)) {
                index.tombstone(bytes(key), main, sub);
                model.tombstone(key, main, sub);
            } else {
                KeyValue.Origin origin = index.put(bytes(key), main, sub);
                long[] expected = model.put(key, main, sub);
                assertArrayEquals(expected, new long[] {origin.createRevision(), origin.version()});
            }
            sub++;
        }
    }

    private void compact(RandomGenerator random, long atMain) {
        DroppedRevisions dropped = new DroppedRevisions();
        byte[] next = null;
        do {
            next = index.compactStep(next, atMain, 1 + random.nextInt(100), dropped);
            index.validate();
        } while (next != null);
        dropped.sort();
        List<String> found = new ArrayList<>();
        for (int i = 0; i < dropped.count(); i++) {
            found.add(dropped.main(i) + "_" + dropped.sub(i));
            boolean ordered = i == 0
                    || dropped.main(i - 1) < dropped.main(i)
                    || dropped.main(i - 1) == dropped.main(i) && dropped.sub(i - 1) < dropped.sub(i);
            assertTrue(ordered, "dropped revisions are sorted and unique");
        }
        assertEquals(model.compact(atMain).stream().sorted().toList(), found.stream().sorted().toList());
        compacted = atMain;
    }

    private void check(IndexSnapshot snapshot, RandomGenerator random, long atMain) {
        SortedMap<String, GenerationModel.Version> expected = model.visible(atMain);
        assertEquals(expected, visit(snapshot, KeyRange.all(), atMain));
        String start = "k" + random.nextInt(900);
        String end = "k" + random.nextInt(900);
        KeyRange range = new KeyRange(bytes(start), bytes(end));
        SortedMap<String, GenerationModel.Version> inside =
                start.compareTo(end) < 0 ? expected.subMap(start, end) : new TreeMap<>();
        assertEquals(inside, visit(snapshot, range, atMain));
        if (atMain == IndexSnapshot.CURRENT) {
            assertEquals(inside.size(), snapshot.count(range));
            assertEquals(expected.size(), snapshot.count(KeyRange.all()));
            assertEquals(expected.size(), snapshot.liveKeyCount());
        }
        VisibleVersion version = new VisibleVersion();
        GenerationModel.Version wanted = expected.get(start);
        if (wanted == null) {
            assertFalse(snapshot.find(bytes(start), atMain, version));
        } else {
            assertTrue(snapshot.find(bytes(start), atMain, version));
            assertEquals(wanted, new GenerationModel.Version(version.main(), version.sub()));
        }
        assertEquals(wanted == null ? 0 : 1, visit(snapshot, KeyRange.single(bytes(start)), atMain).size());
    }

    private static SortedMap<String, GenerationModel.Version> visit(
            IndexSnapshot snapshot, KeyRange range, long atMain) {
        TreeMap<String, GenerationModel.Version> visited = new TreeMap<>();
        snapshot.visit(range, atMain, (keys, i, versionMain, sub) -> {
            String key = new String(keys.get(i), StandardCharsets.UTF_8);
            assertTrue(visited.isEmpty() || visited.lastKey().compareTo(key) < 0, "ascending");
            visited.put(key, new GenerationModel.Version(versionMain, sub));
            return true;
        });
        return visited;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
