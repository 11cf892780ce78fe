package tenon.btree;

import java.util.Arrays;
import tenon.btree.CopyTarget.BucketPath;

/// Keys of a bucket that the tree leads to no more.
final class LostRange {
    /// A level that stands for: nobody knows how high that tree was.
    static final int LEVEL_UNKNOWN = -1;
    /// A single value, not a page of elements.
    static final int LEVEL_VALUE = -2;

    final BucketPath path;
    final Keys keys;
    /// Level of the page that is gone.
    int level;
    private final String finding;
    /// Keys of the range that were found elsewhere.
    long orphanKeyCount;
    long olderKeyCount;

    /// Keys from `low` on and before `high`; null is without a bound.
    record Keys(byte[] low, byte[] high) {
        static final Keys ALL = new Keys(null, null);

        static Keys only(byte[] key) {
            return new Keys(key, Arrays.copyOf(key, key.length + 1));
        }

        boolean contains(byte[] key) {
            return (low == null || Arrays.compareUnsigned(low, key) <= 0)
                    && (high == null || Arrays.compareUnsigned(key, high) < 0);
        }

        boolean overlaps(Keys other) {
            return (low == null || other.high == null || Arrays.compareUnsigned(low, other.high) < 0)
                    && (high == null || other.low == null || Arrays.compareUnsigned(other.low, high) < 0);
        }

        @Override
        public String toString() {
            if (low != null && high != null && Arrays.equals(high, Arrays.copyOf(low, low.length + 1))) {
                return "key " + Names.printable(low);
            }
            String from = low == null || low.length == 0 ? "" : " from " + Names.printable(low);
            String to = high == null ? "" : " before " + Names.printable(high);
            return from.isEmpty() && to.isEmpty() ? "all keys" : "keys" + from + to;
        }
    }

    LostRange(BucketPath path, Keys keys, int level, String finding) {
        this.path = path;
        this.keys = keys;
        this.level = level;
        this.finding = finding;
    }

    /// Whether a page with these keys, on this level, may be a child of the page that is gone.
    boolean mayHold(int pageLevel, byte[] first, byte[] last, boolean onlyBuckets) {
        return pageLevel == level - 1 && keys.contains(first) && keys.contains(last) && (!path.isRoot() || onlyBuckets);
    }

    String describe(long olderTxid) {
        StringBuilder text = new StringBuilder(path.printable()).append(": ").append(keys).append(": ").append(finding);
        if (orphanKeyCount > 0) {
            text.append("; ").append(orphanKeyCount).append(" keys found in pages that nothing leads to");
        }
        if (olderKeyCount > 0) {
            text.append("; ").append(olderKeyCount).append(" keys taken from commit ").append(olderTxid);
        }
        return text.toString();
    }
}
