package tenon.server.peer;

import java.nio.charset.StandardCharsets;

/// The frames in which members talk. Each end of a connection sends the magic once, then frames. All numbers are
/// little-endian.
///
/// ```
///  0       4        8      9                9 + length
///  +-------+--------+------+----------------+
///  |  CRC  | length | type | body (length)  |
///  +-------+--------+------+----------------+
/// ```
///
/// The CRC-32C covers all that follows it in the frame. The body is a protobuf message of `tenon/peer.proto`, which one
/// [FrameType] says.
final class PeerLayout {
    /// What every version of the protocol begins with.
    static final byte[] MAGIC = "TENONNET".getBytes(StandardCharsets.US_ASCII);

    public static final int MAGIC_BYTES = 8;
    public static final int CRC_OFFSET = 0;
    public static final int LENGTH_OFFSET = 4;
    public static final int TYPE_OFFSET = 8;
    public static final int BODY_OFFSET = 9;

    /// The version described here, and the oldest one that is still spoken.
    public static final int PROTOCOL_VERSION = 2;
    public static final int PROTOCOL_VERSION_MIN = 1;

    /// Of all bodies but those named below.
    public static final int BODY_BYTES_MAX = 64 * 1024;
    /// On a connection for a snapshot, and of answers that list members.
    public static final int LARGE_BODY_BYTES_MAX = 1024 * 1024;
    /// Of the data in one chunk of a snapshot.
    public static final int CHUNK_BYTES_MAX = 256 * 1024;

    private PeerLayout() {}
}
