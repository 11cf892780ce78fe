package tenon.api;

import java.util.Arrays;

/// A half-open range of keys, in the order of unsigned bytes. The arrays are not copied: leave them alone while the
/// range is in use.
///
/// @param from the first key, null for no lower bound
/// @param to the first key behind the range, null for no upper bound
public record KeyRange(byte[] from, byte[] to) {
    public static final KeyRange ALL = new KeyRange(null, null);

    /// Keys from this one on.
    public static KeyRange atLeast(byte[] from) {
        return new KeyRange(from, null);
    }

    /// Keys before this one.
    public static KeyRange below(byte[] to) {
        return new KeyRange(null, to);
    }

    /// Keys that begin with these bytes.
    public static KeyRange prefix(byte[] prefix) {
        int length = prefix.length;
        while (length > 0 && prefix[length - 1] == (byte) 0xff) {
            length--;
        }
        if (length == 0) {
            return new KeyRange(prefix, null);
        }
        byte[] to = Arrays.copyOf(prefix, length);
        to[length - 1]++;
        return new KeyRange(prefix, to);
    }

    public boolean contains(byte[] key) {
        return !isBefore(key) && !isBehind(key);
    }

    /// Whether the key lies before all keys of the range.
    public boolean isBefore(byte[] key) {
        return from != null && Arrays.compareUnsigned(key, from) < 0;
    }

    /// Whether the key lies behind all keys of the range.
    public boolean isBehind(byte[] key) {
        return to != null && Arrays.compareUnsigned(key, to) >= 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeyRange range && Arrays.equals(from, range.from) && Arrays.equals(to, range.to);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(from) + Arrays.hashCode(to);
    }
}
