package tenon.server.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import tenon.api.CorruptDataException;
import tenon.testkit.SimulatedFileSystem;
import tenon.wal.LogInspector;
import tenon.wal.RecordInfo;
import tenon.wal.RecordType;

/// W16: a node does not start on a log that is damaged in the middle, says where, and changes nothing.
class W16DamagedLogTest {
    @Test
    void shouldRefuseToStartAndSayWhere() {
        SimulatedFileSystem files = new SimulatedFileSystem();
        try (Node node = TestNodes.start(files)) {
            for (int i = 0; i < 50; i++) {
                TestNodes.put(node, "k", "v".repeat(100));
            }
        }
        Path segment = files.list(Path.of("/data/member/wal")).stream()
                .filter(path -> files.content(path).length > 3000 && files.content(path)[3000] != 0)
                .findFirst()
                .orElseThrow();
        files.corrupt(segment, 3000, 1);
        byte[] damaged = files.content(segment);
        CorruptDataException refusal = assertThrows(CorruptDataException.class, () -> TestNodes.start(files));
        assertEquals(segment, refusal.path());
        assertTrue(refusal.positionBytes() > 2700 && refusal.positionBytes() <= 3000, refusal.getMessage());
        assertTrue(refusal.getMessage().contains(segment.toString()), refusal.getMessage());
        assertArrayEquals(damaged, files.content(segment));
        files.corrupt(segment, 3000, 1);
        try (Node node = TestNodes.start(files)) {
            assertEquals(50, TestNodes.get(node, "k").getKvs(0).getVersion());
        }
    }

    /// The store is ahead of what is left of the log: all commits are in it when the node is closed.
    @Test
    void shouldRefuseToStartWhenABitOfTheLastLengthIsWrong() {
        SimulatedFileSystem files = new SimulatedFileSystem();
        try (Node node = TestNodes.start(files)) {
            for (int i = 0; i < 20; i++) {
                TestNodes.put(node, "k", "v".repeat(100));
            }
        }
        Path log = Path.of("/data/member/wal");
        List<RecordInfo> records = new ArrayList<>();
        new LogInspector(files, log).forEachRecord(records::add);
        RecordInfo last = records.stream()
                .filter(info -> info.type() == RecordType.ENTRIES)
                .reduce((one, other) -> other)
                .orElseThrow();
        byte[] intact = files.content(last.file());
        for (int bit : new int[] {0, 4, 10, 31}) {
            files.corrupt(last.file(), last.positionBytes() + bit / 8, 1 << bit % 8);
            byte[] damaged = files.content(last.file());
            for (int attempt = 0; attempt < (bit == 0 ? 2 : 1); attempt++) {
                CorruptDataException refusal =
                        assertThrows(CorruptDataException.class, () -> TestNodes.start(files), "bit " + bit);
                assertEquals(last.file(), refusal.path());
                assertEquals(last.positionBytes(), refusal.positionBytes());
            }
            assertArrayEquals(damaged, files.content(last.file()), "refused twice, changed never");
            files.corrupt(last.file(), last.positionBytes() + bit / 8, 1 << bit % 8);
        }
        // The same with a log that looks sound, but ends earlier.
        byte[] shorter = intact.clone();
        int sector = (int) last.positionBytes() / 512 * 512;
        Arrays.fill(shorter, sector, shorter.length, (byte) 0);
        files.setContent(last.file(), shorter);
        CorruptDataException refusal = assertThrows(CorruptDataException.class, () -> TestNodes.start(files));
        assertTrue(refusal.getMessage().contains("but the store holds entries up to "), refusal.getMessage());
        files.setContent(last.file(), intact);
        try (Node node = TestNodes.start(files)) {
            assertEquals(20, TestNodes.get(node, "k").getKvs(0).getVersion());
        }
    }
}
