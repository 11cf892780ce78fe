package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tenon.api.Platform;
import tenon.testkit.Seeds;

/// What each [SyncMode] promises of the end of a process alone: it is killed by SIGKILL in the middle of its commits, and
/// another one finds what was promised; with `-Dtenon.kill.rounds=N` so many times for each mode.
class SyncModeKillTest {
    private static final int ROUNDS = Integer.getInteger("tenon.kill.rounds", 4);
    private static final int LINE_COUNT_MAX = 600;
    /// Where each commit waits for the disk.
    private static final int SYNCED_LINE_COUNT_MAX = 60;

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(SyncMode.class)
    void shouldHoldWhatTheModePromisesAfterTheProcessWasKilled(SyncMode mode) throws Exception {
        RandomGenerator random = Seeds.random(SyncModeKillTest.class);
        Path path = directory.resolve("store");
        // What was there when it was last closed.
        long found = 0;
        long lost = 0;
        for (int round = 0; round < ROUNDS; round++) {
            CommittingProcess process = CommittingProcess.start(path, mode);
            process.listen(random.nextInt(mode == SyncMode.LOSE_NOTHING ? SYNCED_LINE_COUNT_MAX : LINE_COUNT_MAX));
            assertTrue(process.isAlive(), "it ended by itself");
            process.kill();
            long promised =
                    Math.max(found, mode == SyncMode.LOSE_COMMITS_SINCE_SYNC ? process.synced() : process.committed());
            try (BTreeStore store = BTreeStore.open(Platform.system(), path, CommittingProcess.options(mode))) {
                assertEquals(List.of(), store.check().findings(), "round " + round);
                found = CommittingProcess.numberIn(store);
            }
            String what = "round " + round + ": commit " + found + " of " + promised + " to " + process.committed();
            assertTrue(found >= promised, what + ": less than was promised");
            assertTrue(found <= Math.max(promised, process.committed()) + 1, what + ": more than was written");
            lost += Math.max(0, process.committed() - found);
        }
        System.out.println("SyncModeKillTest: " + mode + ": " + found + " commits, " + lost + " lost");
    }
}
