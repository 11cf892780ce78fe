package tenon.mvcc;

import java.util.Arrays;

/// Keys from `start`, inclusive, to `end`, exclusive.
///
/// @param start the first key
/// @param end as in etcd: empty for the one key `start`, a single zero byte for all keys from `start` on
public record KeyRange(byte[] start, byte[] end) {
    private static final byte[] NONE = {};
    private static final byte[] UNBOUNDED = {0};

    public static KeyRange single(byte[] key) {
        return new KeyRange(key, NONE);
    }

    public static KeyRange all() {
        return new KeyRange(UNBOUNDED, UNBOUNDED);
    }

    public boolean isSingleKey() {
        return end.length == 0;
    }

    public boolean isUnbounded() {
        return end.length == 1 && end[0] == 0;
    }

    public boolean contains(byte[] key) {
        if (isSingleKey()) {
            return Arrays.equals(start, key);
        }
        return Arrays.compareUnsigned(start, key) <= 0
                && (isUnbounded() || Arrays.compareUnsigned(key, end) < 0);
    }
}
