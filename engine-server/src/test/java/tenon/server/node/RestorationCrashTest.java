package tenon.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import tenon.api.OpenMode;
import tenon.api.Platform;
import tenon.api.StorageException;
import tenon.api.StorageFile;
import tenon.api.WrongFileException;
import tenon.server.ServerConfig;
import tenon.testkit.Fault;
import tenon.testkit.Seeds;
import tenon.testkit.SimulatedFileSystem;
import tenon.testkit.SimulatedPowerCut;

/// What a restore leaves when the disk fails, or the power, at each of its operations.
class RestorationCrashTest {
    private static final Path DATA_DIR = Path.of("/restored");
    private static final Path WAL_DIR = Path.of("/fast/log");
    private static final ServerConfig SPLIT = config(WAL_DIR);
    private static final int LAST_COUNT = 5;
    private static final int FRACTION = 4;

    private final SimulatedFileSystem saved = new SimulatedFileSystem();
    private final byte[] snapshot = snapshot();

    private byte[] snapshot() {
        try (Node node = TestNodes.start(saved)) {
            TestNodes.put(node, "k", "1");
            TestNodes.put(node, "k", "2");
        }
        return saved.content(Path.of("/data/member/snap/db"));
    }

    private static ServerConfig config(Path walDir) {
        return TestNodes.config().dataDir(DATA_DIR).walDir(walDir).build();
    }

    private void restore(SimulatedFileSystem files, ServerConfig config) {
        Restoration.run(config, Platform.system().withFiles(files), 0, target -> {
            try (StorageFile copy = files.open(target, OpenMode.CREATE)) {
                copy.write(0, ByteBuffer.wrap(snapshot));
                copy.sync();
            }
        });
    }

    private static void checkServes(SimulatedFileSystem files, ServerConfig config) {
        try (Node node = TestNodes.start(files, config)) {
            assertEquals("2", TestNodes.get(node, "k").getKvs(0).getValue().toStringUtf8());
            TestNodes.put(node, "k", "3");
        }
    }

    /// Some of the operations, and all of the last ones, which put things in their places.
    private List<Long> operations(RandomGenerator random) {
        SimulatedFileSystem files = new SimulatedFileSystem();
        restore(files, SPLIT);
        long count = files.operationCount();
        assertTrue(count > 30, "a restore has only " + count + " operations");
        return LongStream.rangeClosed(1, count)
                .filter(operation -> operation > count - LAST_COUNT || random.nextInt(FRACTION) == 0)
                .boxed()
                .toList();
    }

    @Test
    void shouldLeaveAllOrNothingWhereverThePowerIsCut() {
        RandomGenerator random = Seeds.random(getClass());
        for (long operation : operations(random)) {
            SimulatedFileSystem files = new SimulatedFileSystem();
            files.failAt(operation, Fault.POWER_CUT);
            boolean restored = restoresBeforeTheCut(files);
            SimulatedFileSystem after = files.crash(random);
            assertTrue(!restored || after.exists(DATA_DIR), "what is done is durable");
            if (after.exists(DATA_DIR)) {
                checkServes(after, SPLIT);
            } else if (after.exists(WAL_DIR)) {
                assertThrows(WrongFileException.class, () -> TestNodes.start(after, SPLIT));
            }
        }
    }

    private boolean restoresBeforeTheCut(SimulatedFileSystem files) {
        try {
            restore(files, SPLIT);
            return true;
        } catch (SimulatedPowerCut cut) {
            return false;
        }
    }

    @Test
    void shouldLeaveNothingWhereverTheDiskFails() {
        RandomGenerator random = Seeds.random(getClass());
        for (long operation : operations(random)) {
            SimulatedFileSystem files = new SimulatedFileSystem();
            files.failAt(operation, Fault.IO_ERROR);
            try {
                restore(files, SPLIT);
            } catch (StorageException failure) {
                String where = "after operation " + operation + ": " + failure.getMessage();
                assertFalse(files.exists(DATA_DIR), where);
                assertFalse(files.exists(WAL_DIR), where);
                restore(files, SPLIT);
            }
        }
    }

    @Test
    void shouldServeWhereverTheLogIs() {
        for (Path walDir : Arrays.asList(null, WAL_DIR, DATA_DIR.resolve("log"))) {
            ServerConfig config = config(walDir);
            checkServes(files(config), config);
        }
    }

    private SimulatedFileSystem files(ServerConfig config) {
        SimulatedFileSystem files = new SimulatedFileSystem();
        restore(files, config);
        return files;
    }

    @Test
    void shouldRefuseTheRestoredLogWithoutItsStore() {
        ServerConfig config = config(null);
        SimulatedFileSystem files = files(config);
        files.delete(DATA_DIR.resolve("member").resolve("snap").resolve("db"));
        WrongFileException refusal =
                assertThrows(WrongFileException.class, () -> TestNodes.start(files, config));
        assertTrue(refusal.getMessage().contains("the store is older than the log, or missing"), refusal.getMessage());
    }
}
