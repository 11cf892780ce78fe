package tenon.mvcc.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tenon.mvcc.KeyRange;
import tenon.testkit.Seeds;

class WatcherIndexPropertyTest {
    private final RandomGenerator random = Seeds.random(WatcherIndexPropertyTest.class);

    private static byte[] key(int number) {
        byte[] key = new byte[1 + number % 3];
        java.util.Arrays.fill(key, (byte) (number * 37));
        return key;
    }

    private KeyRange range() {
        byte[] start = key(random.nextInt(60));
        return switch (random.nextInt(4)) {
            case 0 -> KeyRange.single(start);
            case 1 -> new KeyRange(start, new byte[1]);
            default -> new KeyRange(start, key(random.nextInt(60)));
        };
    }

    private static Watcher watcher(KeyRange range) {
        return new Watcher(null, 0, WatchedStore.from(0, range), 0);
    }

    @Test
    void shouldFindWhatAPlainListFinds() {
        WatcherIndex index = new WatcherIndex();
        List<Watcher> all = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            if (all.isEmpty() || random.nextInt(5) < (i < 2_500 ? 3 : 2)) {
                Watcher added = watcher(range());
                KeyRange range = added.request.range();
                boolean isEmpty = !range.isSingleKey()
                        && !range.isUnbounded()
                        && java.util.Arrays.compareUnsigned(range.start(), range.end()) >= 0;
                if (!isEmpty) {
                    all.add(added);
                    index.add(added);
                }
            } else {
                index.remove(all.remove(random.nextInt(all.size())));
            }
            byte[] key = key(random.nextInt(80));
            Set<Watcher> expected = new HashSet<>();
            all.stream().filter(watcher -> watcher.request.range().contains(key)).forEach(expected::add);
            List<Watcher> found = new ArrayList<>();
            index.visit(key, found::add);
            assertEquals(expected.size(), found.size(), "none twice");
            assertEquals(expected, new HashSet<>(found));
            if (i % 50 == 0) {
                index.validate();
            }
        }
        all.forEach(index::remove);
        assertTrue(index.isEmpty());
    }

    @Test
    void shouldStayFlatWhenRangesComeInOrder() {
        WatcherIndex index = new WatcherIndex();
        for (int i = 0; i < 20_000; i++) {
            byte[] key = {(byte) (i >> 16), (byte) (i >> 8), (byte) i};
            index.add(watcher(KeyRange.single(key)));
        }
        int height = index.validate();
        assertTrue(height < 60, "height " + height);
    }
}
