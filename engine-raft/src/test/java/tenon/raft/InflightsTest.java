package tenon.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tenon.testkit.Seeds;

class InflightsTest {
    @Test
    void shouldCountWhatIsUnderWayLikeAPlainQueue() {
        RandomGenerator random = Seeds.random(InflightsTest.class);
        for (int run = 0; run < 200; run++) {
            int countMax = 1 + random.nextInt(40);
            long sizeMaxBytes = 1 + random.nextInt(2000);
            Inflights inflights = new Inflights(countMax, sizeMaxBytes);
            ArrayDeque<long[]> plain = new ArrayDeque<>();
            long index = 0;
            for (int step = 0; step < 300; step++) {
                long sizeBytes = plain.stream().mapToLong(message -> message[1]).sum();
                boolean full = plain.size() == countMax || sizeBytes >= sizeMaxBytes;
                assertEquals(full, inflights.isFull());
                assertEquals(plain.size(), inflights.count());
                if (!full && random.nextInt(3) > 0) {
                    index += 1 + random.nextInt(3);
                    long[] message = {index, random.nextInt(200)};
                    plain.add(message);
                    inflights.add(message[0], message[1]);
                } else if (random.nextInt(50) == 0) {
                    plain.clear();
                    inflights.clear();
                } else {
                    long freed = index - random.nextInt(30);
                    plain.removeIf(message -> message[0] <= freed);
                    inflights.freeTo(freed);
                }
            }
        }
    }
}
