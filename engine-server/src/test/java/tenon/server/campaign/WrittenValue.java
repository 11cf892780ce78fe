package tenon.server.campaign;

import com.google.protobuf.ByteString;

/// The value that a call writes: its id, and as many dots as the id asks for.
final class WrittenValue {
    /// What nobody wrote.
    static final long UNKNOWN = -1;

    private static final int PADDING_SIZE_BYTES_MAX = 1500;
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private WrittenValue() {}

    static ByteString of(long write) {
        int padding = (int) Long.remainderUnsigned(write * SPREAD, PADDING_SIZE_BYTES_MAX);
        return ByteString.copyFromUtf8(write + ".".repeat(padding));
    }

    /// The id of the call that wrote it, or [#UNKNOWN].
    static long writeOf(ByteString value) {
        String text = value.toStringUtf8();
        int end = text.indexOf('.');
        String id = end < 0 ? text : text.substring(0, end);
        if (!id.matches("[1-9][0-9]{0,17}")) {
            return UNKNOWN;
        }
        long write = Long.parseLong(id);
        return of(write).equals(value) ? write : UNKNOWN;
    }
}
