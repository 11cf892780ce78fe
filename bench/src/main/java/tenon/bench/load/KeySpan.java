package tenon.bench.load;

import java.nio.charset.StandardCharsets;

/// Keys by number, spread over the key space, the same in every run.
///
/// @param first number
/// @param count of keys; behind the last one it begins anew
public record KeySpan(long first, long count) {
    private static final byte[] PREFIX = "/load/".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int DIGIT_COUNT = 16;

    /// From a number on, each key once.
    public static KeySpan from(long first) {
        return new KeySpan(first, Long.MAX_VALUE);
    }

    /// The key of a request.
    public byte[] key(long request) {
        long spread = (first + request % count + 1) * 0x9e3779b97f4a7c15L;
        byte[] key = new byte[PREFIX.length + DIGIT_COUNT];
        System.arraycopy(PREFIX, 0, key, 0, PREFIX.length);
        for (int i = 0; i < DIGIT_COUNT; i++) {
            key[PREFIX.length + i] = DIGITS[(int) (spread >>> 4 * (DIGIT_COUNT - 1 - i)) & 0xf];
        }
        return key;
    }
}
