package tenon.wal;

import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tenon.testkit.Seeds;

class SegmentedLogPropertyTest {
    private static final int RUN_COUNT = 60;
    private static final int STEP_COUNT = 120;

    @Test
    void shouldHoldWhatTheModelHoldsAfterEachReopening() {
        RandomGenerator random = Seeds.random(SegmentedLogPropertyTest.class);
        for (int run = 0; run < RUN_COUNT; run++) {
            LogWorld world = new LogWorld();
            world.options = world.options.withRecycling(random.nextBoolean());
            world.create();
            for (int step = 0; step < STEP_COUNT; step++) {
                world.step(random);
                world.log.validate();
                if (random.nextInt(20) == 0) {
                    world.reopen();
                }
            }
            world.reopen();
        }
    }
}
