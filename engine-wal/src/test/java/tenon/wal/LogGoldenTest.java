package tenon.wal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static tenon.wal.LogWorld.DIRECTORY;
import static tenon.wal.LogWorld.entry;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tenon.api.HardState;
import tenon.api.LogContents;
import tenon.testkit.SimulatedFileSystem;
import tenon.wal.format.SegmentLayout;

/// Logs of each format version that was ever released still open, and the newest is written as it was.
/// `-Dtenon.rewrite=true` writes the files of the newest version anew.
class LogGoldenTest {
    /// By format version.
    static final Map<Integer, List<String>> NAMES = Map.of(
            1, List.of("0000000000000001-0000000000000001.wal", "0000000000000002-0000000000000009.wal"),
            2, List.of("0000000000000001-0000000000000001.wal", "0000000000000002-0000000000000009.wal"),
            3, List.of("0000000000000001-0000000000000001.wal", "0000000000000002-0000000000000009.wal"));

    private static LogWorld write() {
        LogWorld world = new LogWorld();
        world.create();
        world.append(new HardState(1, 3, 0), entry(1, 1, 0));
        world.sync();
        for (int i = 2; i <= 12; i++) {
            world.append(new HardState(2, 0, i - 1), entry(2, i, 8 * i));
            world.sync();
        }
        world.append(new HardState(3, 1, 11), entry(3, 12, 5), entry(3, 13, 1));
        world.mark(2, 4);
        world.sync();
        world.log.close();
        return world;
    }

    private static byte[] golden(int version, String name) throws IOException {
        try (InputStream in = LogGoldenTest.class.getResourceAsStream("/testdata/format-" + version + "/" + name)) {
            assertNotNull(in, name);
            return in.readAllBytes();
        }
    }

    @Test
    void shouldWriteTheFormatOfThisVersion() throws IOException {
        LogWorld world = write();
        assertEquals(
                NAMES.get(SegmentLayout.VERSION),
                new LogDirectory(world.disk, DIRECTORY).segmentNames().stream().map(Object::toString).toList());
        for (String name : NAMES.get(SegmentLayout.VERSION)) {
            byte[] written = world.disk.content(DIRECTORY.resolve(name));
            if (Boolean.getBoolean("tenon.rewrite")) {
                Path target = Path.of("src/test/resources/testdata/format-" + SegmentLayout.VERSION, name);
                Files.createDirectories(target.getParent());
                Files.write(target, written);
            } else {
                assertArrayEquals(golden(SegmentLayout.VERSION, name), written, name);
            }
        }
    }

    @Test
    void shouldOpenEachVersion() throws IOException {
        LogContents expected = write().model.contents();
        for (int version = 1; version <= SegmentLayout.VERSION; version++) {
            SimulatedFileSystem disk = new SimulatedFileSystem();
            for (String name : NAMES.get(version)) {
                disk.setContent(DIRECTORY.resolve(name), golden(version, name));
            }
            LogWorld world = new LogWorld(disk, new LogModel());
            assertEquals(expected, world.open().contents());
            assertEquals(13, world.log.lastRaftIndex());
        }
    }
}
