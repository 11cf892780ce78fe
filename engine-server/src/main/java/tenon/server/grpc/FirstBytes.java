package tenon.server.grpc;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/// What a connection wants, as its first bytes tell.
enum FirstBytes {
    /// Too few to tell.
    UNDECIDED,
    /// The beginning of every HTTP/2 connection, which gRPC speaks.
    HTTP_2,
    /// A method of HTTP/1 and a space.
    HTTP_1,
    /// A handshake of TLS, which whoever listens in the clear does not take.
    TLS,
    /// Nothing that is served here.
    UNKNOWN;

    private static final byte[] HTTP_2_PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    /// The type of the first record of a TLS connection.
    private static final byte TLS_HANDSHAKE = 22;
    /// `OPTIONS` and `CONNECT`.
    private static final int HTTP_1_METHOD_BYTES_MAX = 7;

    static FirstBytes of(ByteBuf bytes) {
        int count = Math.min(bytes.readableBytes(), HTTP_2_PREFACE.length);
        int same = 0;
        while (same < count && bytes.getByte(bytes.readerIndex() + same) == HTTP_2_PREFACE[same]) {
            same++;
        }
        if (same == HTTP_2_PREFACE.length) {
            return HTTP_2;
        }
        if (same == count) {
            return UNDECIDED;
        }
        return bytes.getByte(bytes.readerIndex()) == TLS_HANDSHAKE ? TLS : ofHttp1(bytes);
    }

    private static FirstBytes ofHttp1(ByteBuf bytes) {
        int count = Math.min(bytes.readableBytes(), HTTP_1_METHOD_BYTES_MAX + 1);
        for (int index = 0; index < count; index++) {
            byte value = bytes.getByte(bytes.readerIndex() + index);
            if (value == ' ' && index > 0) {
                return HTTP_1;
            }
            if (value < 'A' || value > 'Z') {
                return UNKNOWN;
            }
        }
        return count > HTTP_1_METHOD_BYTES_MAX ? UNKNOWN : UNDECIDED;
    }
}
