package tenon.server.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import tenon.api.Message;
import tenon.testkit.Seeds;

class SnapshotAssemblyTest {
    private static final Message.InstallSnapshot MESSAGE = new RandomMessages(Seeds.from(1), 1, 2).snapshot(3);
    private static final byte[] CONTENT = "what a store holds".getBytes(java.nio.charset.StandardCharsets.UTF_8);

    private final SnapshotAssembly assembly = new SnapshotAssembly(7, MESSAGE, CONTENT.length);

    private static int crc() {
        CRC32C crc = new CRC32C();
        crc.update(CONTENT);
        return (int) crc.getValue();
    }

    private void add(int position, int length) {
        assembly.add(position, ByteBuffer.wrap(CONTENT, position, length));
    }

    @Test
    void shouldBeWholeWhenAllChunksAreThere() {
        add(0, 5);
        add(5, 1);
        assertEquals(6, assembly.positionBytes());
        add(6, CONTENT.length - 6);
        assembly.checkWhole(CONTENT.length, crc());
    }

    @Test
    void shouldTakeNoChunkButTheNextOne() {
        add(0, 5);
        assertThrows(PeerProtocolException.class, () -> add(0, 5));
        assertThrows(PeerProtocolException.class, () -> add(6, 1));
        assertThrows(PeerProtocolException.class, () -> add(5, 0));
        assertThrows(PeerProtocolException.class, () -> assembly.add(5, ByteBuffer.allocate(CONTENT.length)));
        assertEquals(5, assembly.positionBytes());
    }

    @Test
    void shouldNotBeWholeWithoutItsEnd() {
        add(0, 5);
        assertThrows(PeerProtocolException.class, () -> assembly.checkWhole(CONTENT.length, crc()));
    }

    @Test
    void shouldNotBeWholeWithOtherBytesOrSize() {
        add(0, CONTENT.length);
        assertThrows(PeerProtocolException.class, () -> assembly.checkWhole(CONTENT.length, crc() + 1));
        assertThrows(PeerProtocolException.class, () -> assembly.checkWhole(CONTENT.length + 1, crc()));
    }

    @Test
    void shouldGoOnOnlyWithTheSameSnapshot() {
        assertTrue(assembly.isSame(new SnapshotAssembly(7, MESSAGE, CONTENT.length)));
        assertFalse(assembly.isSame(new SnapshotAssembly(8, MESSAGE, CONTENT.length)));
        assertFalse(assembly.isSame(new SnapshotAssembly(7, MESSAGE, CONTENT.length + 1)));
        Message.InstallSnapshot other = new RandomMessages(Seeds.from(2), 1, 2).snapshot(3);
        assertFalse(assembly.isSame(new SnapshotAssembly(7, other, CONTENT.length)));
    }
}
