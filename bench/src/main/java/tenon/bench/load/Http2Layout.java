package tenon.bench.load;

import java.nio.charset.StandardCharsets;

/// The parts of HTTP/2 and of gRPC's framing that a load of small unary calls meets (RFC 9113, section 4).
///
/// ```
/// 0        3      4       5             9
/// | length | type | flags | stream id   | payload ...
/// ```
///
/// All integers are big-endian. The payload of DATA frames of a call, one behind the other, is a message:
///
/// ```
/// 0            1                5
/// | compressed | message length | message ...
/// ```
final class Http2Layout {
    static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    static final int LENGTH_OFFSET = 0;
    static final int TYPE_OFFSET = 3;
    static final int FLAGS_OFFSET = 4;
    static final int STREAM_OFFSET = 5;
    static final int FRAME_HEADER_BYTES = 9;

    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;

    static final int END_STREAM = 1;
    static final int ACK = 1;
    static final int END_HEADERS = 4;

    static final int HEADER_TABLE_SIZE_SETTING = 1;
    static final int INITIAL_WINDOW_SIZE_SETTING = 4;
    static final int SETTING_BYTES = 6;

    /// Of the table of header fields, of a frame, of a stream's and of a connection's window, where nobody says more.
    static final int HEADER_TABLE_BYTES = 4_096;
    static final int FRAME_BYTES_MAX = 16_384;
    static final int WINDOW_BYTES = 65_535;
    static final int WINDOW_BYTES_MAX = Integer.MAX_VALUE;

    static final int MESSAGE_PREFIX_BYTES = 5;

    private Http2Layout() {}
}
