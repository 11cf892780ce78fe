package tenon.api;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// A value that is written where it will lie, from [WriteBucket#reserve]. What is not written stays zero. It may be
/// written until the next change of its transaction, or the transaction's end; every access after that throws
/// [TxEndedException] and changes nothing.
///
/// One thread at a time, the one that runs the transaction.
public final class WritableView {
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    // Invariant: [offsetBytes, offsetBytes + lengthBytes) lies inside segment.
    private final MemorySegment segment;
    private final long offsetBytes;
    private final int lengthBytes;
    private final ByteView.Guard guard;
    private final long stamp;

    /// For implementations of [Store].
    public WritableView(
            MemorySegment segment, long offsetBytes, int lengthBytes, ByteView.Guard guard, long stamp) {
        this.segment = segment;
        this.offsetBytes = offsetBytes;
        this.lengthBytes = lengthBytes;
        this.guard = guard;
        this.stamp = stamp;
    }

    public int lengthBytes() {
        guard.check(stamp);
        return lengthBytes;
    }

    public void put(int index, byte value) {
        check(index, 1);
        try {
            segment.set(ValueLayout.JAVA_BYTE, offsetBytes + index, value);
        } catch (IllegalStateException e) {
            throw guard.onFault(e);
        }
    }

    /// Writes eight bytes, little-endian.
    public void putLong(int index, long value) {
        check(index, Long.BYTES);
        try {
            segment.set(LONG, offsetBytes + index, value);
        } catch (IllegalStateException e) {
            throw guard.onFault(e);
        }
    }

    /// Writes all bytes of the source, which may lie on the heap or off it.
    public void put(int index, MemorySegment source) {
        check(index, source.byteSize());
        try {
            MemorySegment.copy(source, 0, segment, offsetBytes + index, source.byteSize());
        } catch (IllegalStateException e) {
            throw guard.onFault(e);
        }
    }

    /// Writes all bytes of the source.
    public void put(int index, byte[] source) {
        put(index, MemorySegment.ofArray(source));
    }

    private void check(int index, long count) {
        guard.check(stamp);
        if (index < 0 || count > lengthBytes - (long) index) {
            throw new MisuseException("no " + count + " bytes at index " + index + " of a value of " + lengthBytes);
        }
    }
}
