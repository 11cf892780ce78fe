package tenon.server.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import tenon.api.CorruptDataException;
import tenon.testkit.SimulatedFileSystem;

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
}
