package tenon.server.kv;

import java.util.concurrent.atomic.AtomicLong;
import tenon.server.error.EtcdError;
import tenon.server.error.RequestException;
import tenon.server.rpc.KeyValue;

/// The part of the memory that answers may take, so that no request, however much it asks for, and no client that is slow
/// to read, can use up the heap. Safe for use by any thread.
public final class AnswerMemory {
    /// Less than what fits into one message of gRPC.
    private static final long ANSWER_SIZE_MAX_BYTES = 1L << 30;
    /// An answer that is no larger, as that of most writes, finds room where others have taken all of theirs.
    private static final long SMALL_BYTES = 4 << 10;
    /// About what an answer holds on the heap for each key-value, besides its bytes.
    private static final int KEY_VALUE_OVERHEAD_BYTES = 160;

    private final long capacityBytes;
    /// What remains is for small ones.
    private final long largeCapacityBytes;
    private final long answerMaxBytes;
    // Invariant: the sum of what the open shares hold, and never above the capacity.
    private final AtomicLong taken = new AtomicLong();

    /// @param capacityBytes a quarter of it is kept for small answers
    public AnswerMemory(long capacityBytes) {
        this.capacityBytes = capacityBytes;
        this.largeCapacityBytes = capacityBytes - capacityBytes / 4;
        this.answerMaxBytes = Math.min(largeCapacityBytes, ANSWER_SIZE_MAX_BYTES);
    }

    /// A quarter of what this process may use.
    public static AnswerMemory ofProcess() {
        return new AnswerMemory(Runtime.getRuntime().maxMemory() / 4);
    }

    /// Begins an answer, which holds nothing yet.
    public Share begin() {
        return new Share();
    }

    public long takenBytes() {
        return taken.get();
    }

    private boolean take(long bytes, long limitBytes) {
        if (taken.addAndGet(bytes) <= limitBytes) {
            return true;
        }
        taken.addAndGet(-bytes);
        return false;
    }

    /// What one answer takes, until it is closed.
    public final class Share implements AutoCloseable {
        // Guarded by this.
        private long heldBytes;
        private EtcdError refusal;
        private boolean closed;

        private Share() {}

        /// Asks for room for more of the answer. Once refused, the answer gets no more.
        ///
        /// @return whether there is room
        public synchronized boolean take(long bytes) {
            if (refusal != null || closed) {
                return false;
            }
            if (heldBytes + bytes > answerMaxBytes) {
                refusal = EtcdError.ANSWER_TOO_LARGE;
            } else if (!AnswerMemory.this.take(bytes, isSmall(bytes) ? capacityBytes : largeCapacityBytes)) {
                refusal = EtcdError.TOO_MANY_REQUESTS;
            } else {
                heldBytes += bytes;
            }
            return refusal == null;
        }

        private boolean isSmall(long bytes) {
            return heldBytes + bytes <= SMALL_BYTES;
        }

        /// Asks for room for a key-value of the answer.
        public boolean take(KeyValue keyValue) {
            return take((long) keyValue.getSerializedSize() + KEY_VALUE_OVERHEAD_BYTES);
        }

        public synchronized boolean isRefused() {
            return refusal != null;
        }

        /// @throws RequestException if room was asked for in vain
        public synchronized void check() {
            if (refusal != null) {
                throw refusal.exception();
            }
        }

        /// Gives back what it holds. May be called more than once.
        @Override
        public synchronized void close() {
            closed = true;
            taken.addAndGet(-heldBytes);
            heldBytes = 0;
        }
    }
}
