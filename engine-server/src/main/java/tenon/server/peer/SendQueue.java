package tenon.server.peer;

import java.util.ArrayDeque;
import tenon.api.Message;

/// Messages that wait for their connection, in order and limited. One that finds no room is not taken: Raft sends again,
/// and newer things by then. Safe for use by any thread.
final class SendQueue {
    private final Limits limits;
    // Guarded by this. Invariant: waiting.size() <= countMax; bytes <= bytesMax, but for one message that is larger alone.
    private final ArrayDeque<Message> waiting = new ArrayDeque<>();
    private long bytes;

    /// How much may wait.
    record Limits(int countMax, long bytesMax) {
        Limits {
            if (countMax < 1 || bytesMax < 1) {
                throw new IllegalArgumentException("a queue for " + countMax + " messages of " + bytesMax + " bytes");
            }
        }
    }

    SendQueue(Limits limits) {
        this.limits = limits;
    }

    /// @return false if there is no room
    synchronized boolean offer(Message message) {
        long size = MessageCodec.sizeBytes(message);
        boolean fits = waiting.isEmpty() || waiting.size() < limits.countMax && size <= limits.bytesMax - bytes;
        if (fits) {
            waiting.add(message);
            bytes += size;
        }
        return fits;
    }

    /// The oldest one, null if none waits.
    synchronized Message poll() {
        Message message = waiting.poll();
        if (message != null) {
            bytes -= MessageCodec.sizeBytes(message);
        }
        return message;
    }

    /// Drops all.
    ///
    /// @return how many
    synchronized int clear() {
        int count = waiting.size();
        waiting.clear();
        bytes = 0;
        return count;
    }
}
