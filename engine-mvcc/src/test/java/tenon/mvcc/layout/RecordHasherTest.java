package tenon.mvcc.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import tenon.testkit.Seeds;

class RecordHasherTest {
    private static final long G = 0x9e3779b97f4a7c15L;

    private final RecordHasher hasher = new RecordHasher();

    /// The generator of the JDK does the same with its seed.
    private static long mixBehindG(long seed) {
        return new SplittableRandom(seed).nextLong();
    }

    @Test
    void shouldBeTheHashOfTheDocument() {
        byte[] record = MetaLayout.name("a record");
        CRC32C crc = new CRC32C();
        crc.update(record);
        long at = mixBehindG(mixBehindG(7) + (5 << 1 | 1) - G);
        long expected = mixBehindG(at + (crc.getValue() << 32 | record.length) - G);
        assertEquals(expected, hasher.hash(7, 5, true, record));
        assertEquals(mixBehindG(11 + expected), RecordHasher.chain(11, expected));
        assertEquals(0xe220a8397b1dcdafL, RecordHasher.chain(0, 0), "the first output of SplitMix64 from seed 0");
    }

    @Test
    void shouldTellApartAllThatDiffers() {
        Set<Long> hashes = new HashSet<>();
        byte[] record = new byte[40];
        new SplittableRandom(1).nextBytes(record);
        int count = 0;
        for (long main = 1; main < 20; main++) {
            for (int sub = 0; sub < 20; sub++) {
                hashes.add(hasher.hash(main, sub, false, record));
                hashes.add(hasher.hash(main, sub, true, record));
                count += 2;
            }
        }
        for (int bit = 0; bit < 8 * record.length; bit++) {
            byte[] flipped = record.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            hashes.add(hasher.hash(1, 0, false, flipped));
            count++;
        }
        for (int length = 0; length < record.length; length++) {
            hashes.add(hasher.hash(1, 0, false, Arrays.copyOf(record, length)));
            count++;
        }
        assertEquals(count, hashes.size());
    }

    @Test
    void shouldDependOnTheOrderAndNeverHealByItself() {
        RandomGenerator random = Seeds.random(getClass());
        for (int round = 0; round < 1000; round++) {
            long begin = random.nextLong();
            long first = random.nextLong();
            long second = random.nextLong();
            long here = RecordHasher.chain(RecordHasher.chain(begin, first), second);
            long there = RecordHasher.chain(RecordHasher.chain(begin, second), first);
            for (int i = 0; i < 10; i++) {
                assertNotEquals(here, there);
                long next = random.nextLong();
                here = RecordHasher.chain(here, next);
                there = RecordHasher.chain(there, next);
            }
        }
    }
}
