package tenon.btree;

import java.util.Arrays;

/// Keys of branch pages.
final class Separator {
    private Separator() {}

    /// The shortest key greater than `left` and not greater than `right`.
    static byte[] between(byte[] left, byte[] right) {
        int mismatch = Arrays.mismatch(left, right);
        assert mismatch >= 0 && Arrays.compareUnsigned(left, right) < 0 : "keys do not ascend";
        return Arrays.copyOf(right, mismatch + 1);
    }
}
