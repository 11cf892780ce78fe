package tenon.server.peer;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import tenon.api.Message;

/// How far a snapshot that comes in chunks has come, and whether it is right. Holds no bytes. One thread at a time.
final class SnapshotAssembly {
    private final long id;
    private final Message.InstallSnapshot message;
    private final long sizeBytes;
    private final CRC32C crc = new CRC32C();
    // Invariant: 0 <= positionBytes <= sizeBytes; crc is that of all bytes before positionBytes.
    private long positionBytes;

    SnapshotAssembly(long id, Message.InstallSnapshot message, long sizeBytes) {
        this.id = id;
        this.message = message;
        this.sizeBytes = sizeBytes;
    }

    long id() {
        return id;
    }

    Message.InstallSnapshot message() {
        return message;
    }

    long sizeBytes() {
        return sizeBytes;
    }

    /// All before it is there.
    long positionBytes() {
        return positionBytes;
    }

    /// Whether the other one is the same snapshot, so that its rest is the rest of this one.
    boolean isSame(SnapshotAssembly other) {
        return id == other.id && sizeBytes == other.sizeBytes && message.equals(other.message);
    }

    /// Takes the next chunk, whose bytes stay unread.
    ///
    /// @throws PeerProtocolException if it is not the next one, or reaches behind the end
    void add(long chunkPositionBytes, ByteBuffer chunk) {
        if (chunkPositionBytes != positionBytes || !chunk.hasRemaining()
                || chunk.remaining() > sizeBytes - positionBytes) {
            throw new PeerProtocolException("a chunk of " + chunk.remaining() + " bytes at position "
                    + chunkPositionBytes + " of a snapshot of " + sizeBytes + " bytes that goes on at " + positionBytes);
        }
        crc.update(chunk.duplicate());
        positionBytes += chunk.remaining();
    }

    /// Checks that all is there.
    ///
    /// @throws PeerProtocolException if something is missing or wrong
    void checkWhole(long endSizeBytes, int endCrc) {
        if (endSizeBytes != sizeBytes || positionBytes != sizeBytes) {
            throw new PeerProtocolException("the end of a snapshot of " + sizeBytes + " bytes after " + positionBytes);
        }
        if (endCrc != (int) crc.getValue()) {
            throw new PeerProtocolException("a snapshot whose CRC is wrong as a whole");
        }
    }
}
