package tenon.btree;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// The order of keys: unsigned bytes, eight at a time; and heads, the four bytes behind a prefix as one number.
final class KeyBytes {
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final VarHandle ARRAY_LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle ARRAY_INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private KeyBytes() {}

    /// The head of a key, from 0 to 2^32 - 1; bytes behind its end count as zero.
    static long head(byte[] key, int prefixLength) {
        if (prefixLength <= key.length - Integer.BYTES) {
            return (int) ARRAY_INT.get(key, prefixLength) & 0xffff_ffffL;
        }
        long head = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
            head = head << Byte.SIZE | (prefixLength + i < key.length ? key[prefixLength + i] & 0xff : 0);
        }
        return head;
    }

    static long head(MemorySegment segment, long position, int length, int prefixLength) {
        if (prefixLength <= length - Integer.BYTES) {
            return segment.get(INT, position + prefixLength) & 0xffff_ffffL;
        }
        long head = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
            int at = prefixLength + i;
            head = head << Byte.SIZE | (at < length ? segment.get(PageLayout.BYTE, position + at) & 0xff : 0);
        }
        return head;
    }

    static int compare(MemorySegment segment, long position, int length, byte[] key) {
        int common = Math.min(length, key.length);
        int order = compareCommon(segment, position, common, key);
        return order != 0 ? order : Integer.compare(length, key.length);
    }

    /// Compares a prefix with the beginning of a key, which is less if it ends inside of the prefix.
    static int comparePrefix(MemorySegment segment, long position, int prefixLength, byte[] key) {
        int common = Math.min(prefixLength, key.length);
        int order = compareCommon(segment, position, common, key);
        return order != 0 ? order : Integer.compare(prefixLength, common);
    }

    private static int compareCommon(MemorySegment segment, long position, int common, byte[] key) {
        int i = 0;
        for (; i <= common - Long.BYTES; i += Long.BYTES) {
            long left = segment.get(LONG, position + i);
            long right = (long) ARRAY_LONG.get(key, i);
            if (left != right) {
                return Long.compareUnsigned(left, right);
            }
        }
        for (; i < common; i++) {
            int order = Byte.compareUnsigned(segment.get(PageLayout.BYTE, position + i), key[i]);
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    static int compare(
            MemorySegment left, long leftPosition, int leftLength, MemorySegment right, long rightPosition, int rightLength) {
        int common = Math.min(leftLength, rightLength);
        int mismatch = mismatch(left, leftPosition, right, rightPosition, common);
        return mismatch == common
                ? Integer.compare(leftLength, rightLength)
                : Byte.compareUnsigned(
                        left.get(PageLayout.BYTE, leftPosition + mismatch),
                        right.get(PageLayout.BYTE, rightPosition + mismatch));
    }

    /// So many bytes are the same at both places, at most `length`.
    static int mismatch(MemorySegment left, long leftPosition, MemorySegment right, long rightPosition, int length) {
        long mismatch = MemorySegment.mismatch(
                left, leftPosition, leftPosition + length, right, rightPosition, rightPosition + length);
        return mismatch < 0 ? length : (int) mismatch;
    }

    static int mismatch(MemorySegment segment, long position, int length, byte[] key) {
        int common = Math.min(length, key.length);
        int i = 0;
        for (; i <= common - Long.BYTES; i += Long.BYTES) {
            long difference = segment.get(LONG, position + i) ^ (long) ARRAY_LONG.get(key, i);
            if (difference != 0) {
                return i + Long.numberOfLeadingZeros(difference) / Byte.SIZE;
            }
        }
        while (i < common && segment.get(PageLayout.BYTE, position + i) == key[i]) {
            i++;
        }
        return i;
    }
}
