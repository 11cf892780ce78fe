package tenon.mvcc.layout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tenon.mvcc.KeyValue;
import tenon.mvcc.MalformedRecordException;
import tenon.testkit.Seeds;

class KeyValueLayoutTest {
    @Test
    void shouldBeTheWireFormOfAKeyValue() {
        KeyValue keyValue = KeyValue.of(bytes("foo"), bytes("bar"), new KeyValue.Origin(2, 3), 300, 7);
        assertEquals("0a03666f6f100218ac0220032a036261723007", HexFormat.of().formatHex(keyValue.encoded()));
        KeyValue tombstone = KeyValue.tombstone(bytes("foo"), 300);
        assertEquals("0a03666f6f18ac02", HexFormat.of().formatHex(tombstone.encoded()));
        assertEquals(0, tombstone.version());
    }

    @Test
    void shouldLeaveOutWhatIsEmpty() {
        KeyValue keyValue = KeyValue.of(bytes("k"), new byte[0], new KeyValue.Origin(2, 1), 2, 0);
        assertEquals("0a016b100218022001", HexFormat.of().formatHex(keyValue.encoded()));
        assertEquals(0, keyValue.value().length);
        assertEquals(0, keyValue.leaseId());
    }

    @Test
    void shouldGiveBackEveryField() {
        RandomGenerator random = Seeds.random(getClass());
        for (int i = 0; i < 2_000; i++) {
            byte[] key = randomBytes(random, 1 + random.nextInt(i % 100 == 0 ? 100_000 : 40));
            byte[] value = randomBytes(random, random.nextInt(i % 100 == 1 ? 100_000 : 40));
            long mod = 1 + (random.nextLong() >>> 1 + random.nextInt(62));
            long create = 1 + random.nextLong(mod);
            long version = 1 + (random.nextLong() >>> 1 + random.nextInt(62));
            long lease = random.nextLong() >> random.nextInt(63);
            byte[] encoded = KeyValue.of(key, value, new KeyValue.Origin(create, version), mod, lease).encoded();
            KeyValue read = new KeyValue(encoded);
            assertArrayEquals(key, read.key());
            assertArrayEquals(value, read.value());
            assertEquals(create, read.createRevision());
            assertEquals(mod, read.modRevision());
            assertEquals(version, read.version());
            assertEquals(lease, read.leaseId());
        }
    }

    @Test
    void shouldRefuseHostileBytesOrEncodeThemToTheSame() {
        RandomGenerator random = Seeds.random(getClass());
        byte[] good = KeyValue.of(bytes("key"), bytes("value"), new KeyValue.Origin(5, 2), 400, 1L << 40).encoded();
        int refusedCount = 0;
        for (int i = 0; i < 50_000; i++) {
            byte[] hostile = switch (random.nextInt(3)) {
                case 0 -> randomBytes(random, random.nextInt(30));
                case 1 -> Arrays.copyOf(good, random.nextInt(good.length + 5));
                default -> good.clone();
            };
            for (int flips = random.nextInt(4); flips > 0 && hostile.length > 0; flips--) {
                hostile[random.nextInt(hostile.length)] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                KeyValueLayout.Fields fields = KeyValueLayout.decode(hostile);
                KeyValue read = new KeyValue(hostile);
                assertArrayEquals(hostile, KeyValueLayout.encode(read.key(), read.value(), fields.numbers()));
            } catch (MalformedRecordException e) {
                refusedCount++;
            }
        }
        assertEquals(true, refusedCount > 10_000, "refused " + refusedCount);
    }

    @Test
    void shouldRefuseKeysThatAreNoRevision() {
        for (String hex : new String[] {"", "00", "00".repeat(17), "00".repeat(18)}) {
            byte[] key = HexFormat.of().parseHex(hex);
            assertThrows(MalformedRecordException.class, () -> RevisionLayout.decode(key));
        }
        byte[] marked = RevisionLayout.encode(7, 3, true);
        assertEquals(new tenon.mvcc.Revision(7, 3), RevisionLayout.decode(marked));
        marked[RevisionLayout.MARK_OFFSET] = 'u';
        assertThrows(MalformedRecordException.class, () -> RevisionLayout.decode(marked));
    }

    private static byte[] bytes(String text) {
        return MetaLayout.name(text);
    }

    private static byte[] randomBytes(RandomGenerator random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
