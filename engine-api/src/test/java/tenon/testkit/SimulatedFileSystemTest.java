package tenon.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tenon.api.OpenMode;
import tenon.api.StorageFile;
import tenon.api.StorageFullException;
import tenon.api.StorageIoException;

class SimulatedFileSystemTest {
    private static final Path DIRECTORY = Path.of("/data/store");
    private static final Path FILE = DIRECTORY.resolve("file");

    private final SimulatedFileSystem disk = new SimulatedFileSystem();

    @BeforeEach
    void makeDirectory() {
        disk.createDirectories(DIRECTORY);
    }

    private StorageFile syncedFile(String content) {
        StorageFile file = disk.open(FILE, OpenMode.CREATE);
        file.write(0, bytes(content));
        file.sync();
        disk.syncDirectory(DIRECTORY);
        return file;
    }

    private static ByteBuffer bytes(String content) {
        return ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(SimulatedFileSystem disk, Path path) {
        return new String(disk.content(path), StandardCharsets.UTF_8);
    }

    @Test
    void shouldDropOrKeepUnsyncedWrites() {
        StorageFile file = syncedFile("old bytes");
        file.write(0, bytes("NEW"));
        assertEquals("old bytes", text(disk.crash(CrashPlan.dropAll()), FILE));
        assertEquals("NEW bytes", text(disk.crash(CrashPlan.keepAll()), FILE));
        assertThrows(SimulatedPowerCut.class, file::sizeBytes);
        assertThrows(SimulatedPowerCut.class, () -> disk.exists(FILE));
    }

    @Test
    void shouldNeverLoseWhatWasSynced() {
        RandomGenerator random = Seeds.random(SimulatedFileSystemTest.class);
        StorageFile file = syncedFile("first");
        file.write(5, bytes(" second"));
        file.sync();
        file.write(12, bytes(" third"));
        for (int i = 0; i < 50; i++) {
            assertTrue(text(disk.crash(random), FILE).startsWith("first second"));
        }
    }

    @Test
    void shouldTearAndReorderWritesAtSectors() {
        StorageFile file = syncedFile("");
        file.write(0, ByteBuffer.wrap(filled(1024, 'a')));
        file.write(1024, ByteBuffer.wrap(filled(512, 'b')));
        Set<String> outcomes = new HashSet<>();
        RandomGenerator random = Seeds.from(7);
        for (int i = 0; i < 500; i++) {
            byte[] content = disk.crash(random).content(FILE);
            StringBuilder sectors = new StringBuilder();
            for (int at = 0; at < content.length; at += 512) {
                sectors.append(content[at] == 0 ? '0' : (char) content[at]);
                assertEquals(content[at], content[at + 511], "a sector is whole");
            }
            outcomes.add(sectors.toString());
        }
        assertTrue(outcomes.containsAll(Set.of("", "aa", "aab", "00b", "0ab", "a0b", "a", "0a")), outcomes.toString());
    }

    private static byte[] filled(int lengthBytes, char value) {
        byte[] bytes = new byte[lengthBytes];
        java.util.Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    @Test
    void shouldForgetNamesUntilTheDirectoryIsSynced() {
        disk.open(FILE, OpenMode.CREATE_NEW).sync();
        assertFalse(disk.copy().crash(CrashPlan.dropAll()).list(DIRECTORY).isEmpty(), "a copy is durable");
        SimulatedFileSystem after = disk.crash(CrashPlan.dropAll());
        assertEquals(List.of(), after.list(DIRECTORY));
    }

    @Test
    void shouldRenameAsOneStep() {
        syncedFile("content");
        Path other = DIRECTORY.resolve("other");
        disk.rename(FILE, other);
        Set<List<Path>> outcomes = new HashSet<>();
        RandomGenerator random = Seeds.from(3);
        for (int i = 0; i < 50; i++) {
            outcomes.add(disk.crash(random).list(DIRECTORY));
        }
        assertEquals(Set.of(List.of(FILE), List.of(other)), outcomes);
    }

    @Test
    void shouldNotKeepTheRenameOfAFileWhoseCreationWasLost() {
        disk.open(FILE, OpenMode.CREATE_NEW).close();
        disk.rename(FILE, DIRECTORY.resolve("b"));
        disk.rename(DIRECTORY.resolve("b"), DIRECTORY.resolve("c"));
        RandomGenerator random = Seeds.from(5);
        for (int i = 0; i < 100; i++) {
            assertTrue(disk.crash(random).list(DIRECTORY).size() <= 1);
        }
    }

    @Test
    void shouldCutThePowerAtTheOperationAskedFor() {
        StorageFile file = syncedFile("old");
        long before = disk.operationCount();
        disk.failAt(before + 2, Fault.POWER_CUT);
        file.write(0, bytes("NEW"));
        assertThrows(SimulatedPowerCut.class, file::sync);
        assertEquals("old", text(disk.crash(CrashPlan.dropAll()), FILE));
        assertEquals("NEW", text(disk.crash(CrashPlan.keepAll()), FILE));
    }

    @Test
    void shouldLoseForGoodWhatAFailedSyncDropped() {
        StorageFile file = syncedFile("old");
        file.write(0, bytes("NEW"));
        disk.failAt(disk.operationCount() + 1, Fault.IO_ERROR);
        assertThrows(StorageIoException.class, file::sync);
        assertEquals("NEW", text(disk, FILE), "still in the page cache");
        file.sync();
        assertEquals("old", text(disk.crash(CrashPlan.keepAll()), FILE));
    }

    @Test
    void shouldFailWritesInPart() {
        StorageFile file = syncedFile("....");
        disk.failAt(disk.operationCount() + 1, Fault.IO_ERROR);
        assertThrows(StorageIoException.class, () -> file.write(0, bytes("full")));
        assertEquals("....", text(disk, FILE));
        disk.failAt(disk.operationCount() + 1, Fault.IO_ERROR_PARTIAL);
        assertThrows(StorageIoException.class, () -> file.write(0, bytes("full")));
        assertEquals("fu..", text(disk, FILE));
        disk.failAt(disk.operationCount() + 1, Fault.LOST_WRITE);
        file.write(2, bytes("ll"));
        assertEquals("fu..", text(disk, FILE));
        disk.failAt(disk.operationCount() + 1, Fault.MISDIRECTED_WRITE);
        file.write(0, bytes("x"));
        assertEquals(4097, file.sizeBytes());
    }

    @Test
    void shouldBeFullAtItsCapacity() {
        StorageFile file = syncedFile("1234");
        disk.setCapacityBytes(6);
        assertEquals(2, disk.freeBytes(FILE));
        assertThrows(StorageFullException.class, () -> file.allocate(7));
        assertEquals(4, file.sizeBytes());
        assertThrows(StorageFullException.class, () -> file.write(4, bytes("5678")));
        assertEquals("123456", text(disk, FILE));
        file.write(0, bytes("abcdef"));
    }

    @Test
    void shouldFlipBitsOfTheMedium() {
        syncedFile("a");
        disk.corrupt(FILE, 0, 0x03);
        assertEquals("b", text(disk.crash(CrashPlan.dropAll()), FILE));
    }

    @Test
    void shouldFailTheReadAskedFor() {
        StorageFile file = syncedFile("a");
        disk.failReadAt(disk.readCount() + 1);
        assertThrows(StorageIoException.class, () -> file.read(0, ByteBuffer.allocate(1)));
        assertEquals(1, file.read(0, ByteBuffer.allocate(1)));
    }

    @Test
    void shouldPutContentOnTheMedium() {
        Path path = Path.of("/elsewhere/golden");
        disk.setContent(path, new byte[] {1, 2});
        assertArrayEquals(new byte[] {1, 2}, disk.crash(CrashPlan.dropAll()).durableContent(path));
    }
}
