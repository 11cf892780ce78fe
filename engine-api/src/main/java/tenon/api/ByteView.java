package tenon.api;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/// A run of bytes inside a store, read where it lies. It is valid until the transaction it came from ends; every
/// access after that throws [TxEndedException] and never returns other bytes. A view that was handed to
/// [Bucket#get(byte\[\], ByteView)] or to a cursor is moved by the next such call.
///
/// One thread at a time, the one that runs the transaction. [#toByteArray] makes a copy that lasts.
public final class ByteView {
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN);

    // Invariant: 0 <= lengthBytes, and [offsetBytes, offsetBytes + lengthBytes) lies inside segment.
    private MemorySegment segment = MemorySegment.NULL;
    private long offsetBytes;
    private int lengthBytes;
    private Guard guard = NoTransaction.INSTANCE;
    private long stamp;

    /// A transaction, as its views know it: whether the bytes behind them still are what they were. It is a class, and its
    /// state two fields, because it is asked behind every byte that is read.
    public abstract static class Guard {
        // Rises with each change: bytes that were there before it may have moved.
        private long stamp;
        private volatile boolean ended;

        protected Guard() {}

        /// What a view is to be set with now.
        public final long stamp() {
            return stamp;
        }

        /// Views that were set so far are void. To be called by the thread that runs the transaction.
        protected final void onChange() {
            stamp++;
        }

        /// All views are void from now on. Any thread may call it.
        protected final void markEnded() {
            ended = true;
        }

        public final boolean isEnded() {
            return ended;
        }

        /// Whether what was set at this stamp still holds.
        public final boolean isCurrent(long setStamp) {
            return setStamp == stamp && !ended;
        }

        /// @param setStamp the guard's stamp when the view was set
        /// @throws TxEndedException if the bytes may have changed since
        public final void check(long setStamp) {
            if (!isCurrent(setStamp)) {
                throw ended ? endedError() : new TxEndedException(
                        "a later change or renewal of this transaction may have moved what was read before it");
            }
        }

        protected TxEndedException endedError() {
            return new TxEndedException("the transaction has ended");
        }

        /// The error for bytes that could not be read: their memory was unmapped while they were read, or the
        /// mapped file is shorter than it was or unreadable. The JVM may report the latter a few instructions later
        /// than it happens: then the caller meets the `InternalError` itself.
        protected RuntimeException onFault(Throwable fault) {
            return new IllegalStateException("the bytes of a view could not be read", fault);
        }
    }

    /// Of a view that was never set.
    private static final class NoTransaction extends Guard {
        private static final Guard INSTANCE = new NoTransaction();

        private NoTransaction() {
            markEnded();
        }

        @Override
        protected TxEndedException endedError() {
            return new TxEndedException("this view was never set");
        }
    }

    /// Points this view at other bytes. For implementations of [Store].
    public void set(MemorySegment segment, long offsetBytes, int lengthBytes, Guard guard, long stamp) {
        // A store of a reference costs more than a look at it.
        if (this.segment != segment) {
            this.segment = segment;
        }
        if (this.guard != guard) {
            this.guard = guard;
        }
        this.offsetBytes = offsetBytes;
        this.lengthBytes = lengthBytes;
        this.stamp = stamp;
    }

    public int lengthBytes() {
        guard.check(stamp);
        return lengthBytes;
    }

    public byte get(int index) {
        if (index < 0 || index >= lengthBytes) {
            throw new MisuseException("index " + index + " is outside of a view of " + lengthBytes + " bytes");
        }
        try {
            byte value = segment.get(ValueLayout.JAVA_BYTE, offsetBytes + index);
            checkAfterRead();
            return value;
        } catch (IllegalStateException | InternalError e) {
            throw guard.onFault(e);
        }
    }

    /// Reads eight bytes, little-endian.
    public long getLong(int index) {
        if (index < 0 || index > lengthBytes - Long.BYTES) {
            throw new MisuseException("no 8 bytes at index " + index + " of a view of " + lengthBytes + " bytes");
        }
        try {
            long value = segment.get(LONG, offsetBytes + index);
            checkAfterRead();
            return value;
        } catch (IllegalStateException | InternalError e) {
            throw guard.onFault(e);
        }
    }

    public void copyTo(byte[] target, int targetIndex) {
        guard.check(stamp);
        try {
            MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, offsetBytes, target, targetIndex, lengthBytes);
            checkAfterRead();
        } catch (IllegalStateException | InternalError e) {
            throw guard.onFault(e);
        }
    }

    /// Copies a part: of a long value one piece after the other.
    ///
    /// @param target is filled from its beginning to its end, on the heap or off it
    public void copyTo(int index, MemorySegment target) {
        guard.check(stamp);
        if (index < 0 || target.byteSize() > lengthBytes - (long) index) {
            throw new MisuseException(
                    "no " + target.byteSize() + " bytes at index " + index + " of a view of " + lengthBytes + " bytes");
        }
        try {
            copyPart(index, target);
        } catch (InternalError e) {
            // The JVM reports a fault of mapped memory a little later than it happens.
            throw guard.onFault(e);
        }
    }

    private void copyPart(int index, MemorySegment target) {
        try {
            MemorySegment.copy(segment, offsetBytes + index, target, 0, target.byteSize());
            checkAfterRead();
        } catch (IllegalStateException | InternalError e) {
            throw guard.onFault(e);
        }
    }

    public byte[] toByteArray() {
        guard.check(stamp);
        byte[] copy = new byte[lengthBytes];
        try {
            copyTo(copy, 0);
            return copy;
        } catch (InternalError e) {
            // The JVM reports a fault of mapped memory a little later than it happens.
            throw guard.onFault(e);
        }
    }

    /// Compares as unsigned bytes, the shorter one first where one is the beginning of the other.
    public int compareTo(byte[] other) {
        guard.check(stamp);
        try {
            int order = compareBytes(MemorySegment.ofArray(other), 0, other.length);
            checkAfterRead();
            return order;
        } catch (IllegalStateException | InternalError e) {
            throw guard.onFault(e);
        }
    }

    /// The same with another view; copies neither. If memory fails, the error names the file of this one, whichever it was.
    public int compareTo(ByteView other) {
        guard.check(stamp);
        other.guard.check(other.stamp);
        try {
            int order = compareBytes(other.segment, other.offsetBytes, other.lengthBytes);
            checkAfterRead();
            other.checkAfterRead();
            return order;
        } catch (IllegalStateException | InternalError e) {
            other.guard.check(other.stamp);
            throw guard.onFault(e);
        }
    }

    private int compareBytes(MemorySegment right, long rightOffset, int rightLength) {
        long mismatch = MemorySegment.mismatch(
                segment, offsetBytes, offsetBytes + lengthBytes, right, rightOffset, rightOffset + rightLength);
        if (mismatch < 0 || mismatch >= lengthBytes || mismatch >= rightLength) {
            return Integer.compare(lengthBytes, rightLength);
        }
        byte leftByte = segment.get(ValueLayout.JAVA_BYTE, offsetBytes + mismatch);
        byte rightByte = right.get(ValueLayout.JAVA_BYTE, rightOffset + mismatch);
        return Byte.compareUnsigned(leftByte, rightByte);
    }

    /// The bytes were read before the guard is asked, so a transaction that another thread ended in between is seen.
    private void checkAfterRead() {
        VarHandle.loadLoadFence();
        guard.check(stamp);
    }
}
