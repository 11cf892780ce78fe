package tenon.server.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tenon.testkit.Seeds;

/// Against a model that counts keys one by one: in a world of a few letters, a range is permitted if each of its keys is
/// in some permission.
class KeyIntervalsPropertyTest {
    private static final int ROUND_COUNT = 2_000;
    private static final int QUESTION_COUNT = 50;
    private static final ByteString OPEN = ByteString.copyFrom(new byte[1]);
    /// All keys of up to three letters out of four, in order, and a last one that stands for all that follow.
    private static final List<ByteString> KEYS = keys();

    private record Range(ByteString key, ByteString rangeEnd) {
        boolean holds(ByteString other) {
            int fromKey = compare(other, key);
            if (rangeEnd.isEmpty()) {
                return fromKey == 0;
            }
            return fromKey >= 0 && (rangeEnd.equals(OPEN) || compare(other, rangeEnd) < 0);
        }
    }

    private static int compare(ByteString one, ByteString other) {
        return ByteString.unsignedLexicographicalComparator().compare(one, other);
    }

    private static List<ByteString> keys() {
        List<ByteString> keys = new ArrayList<>();
        byte[] letters = {0, 1, (byte) 0x80, (byte) 0xff};
        for (byte first : letters) {
            keys.add(ByteString.copyFrom(new byte[] {first}));
            for (byte second : letters) {
                keys.add(ByteString.copyFrom(new byte[] {first, second}));
                for (byte third : letters) {
                    keys.add(ByteString.copyFrom(new byte[] {first, second, third}));
                }
            }
        }
        keys.sort(ByteString.unsignedLexicographicalComparator());
        return keys;
    }

    /// Between any two keys of this world that are not joined by a zero byte there are others, so the model also looks at
    /// one key right behind each.
    private static List<ByteString> world() {
        List<ByteString> world = new ArrayList<>(KEYS);
        KEYS.forEach(key -> world.add(key.concat(OPEN)));
        KEYS.forEach(key -> world.add(key.concat(OPEN).concat(ByteString.copyFromUtf8("m"))));
        world.add(ByteString.copyFrom(new byte[] {-1, -1, -1, -1, -1, -1}));
        return world;
    }

    private static Range randomRange(RandomGenerator random) {
        ByteString key = KEYS.get(random.nextInt(KEYS.size()));
        return switch (random.nextInt(8)) {
            case 0, 1 -> new Range(key, ByteString.EMPTY);
            case 2 -> new Range(key, OPEN);
            case 3 -> new Range(key, key.concat(OPEN));
            default -> new Range(key, KEYS.get(random.nextInt(KEYS.size())));
        };
    }

    @Test
    void shouldPermitARangeIfEachOfItsKeysIsPermitted() {
        RandomGenerator random = Seeds.random(getClass());
        List<ByteString> world = world();
        for (int round = 0; round < ROUND_COUNT; round++) {
            List<Range> permissions = IntStream.range(0, random.nextInt(8))
                    .mapToObj(_ -> randomRange(random))
                    .toList();
            KeyIntervals.Builder builder = new KeyIntervals.Builder();
            permissions.forEach(range -> builder.add(range.key, range.rangeEnd));
            KeyIntervals intervals = builder.build();
            for (int question = 0; question < QUESTION_COUNT; question++) {
                Range asked = randomRange(random);
                List<ByteString> keys = world.stream().filter(asked::holds).toList();
                if (!keys.isEmpty()) {
                    boolean permitted = keys.stream()
                            .allMatch(key -> permissions.stream().anyMatch(permission -> permission.holds(key)));
                    assertEquals(
                            permitted,
                            intervals.contains(asked.key, asked.rangeEnd),
                            () -> asked + " with " + permissions);
                }
            }
        }
    }
}
