package tenon.server.peer;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import tenon.server.metrics.LatencyRecorder;

/// What is counted for one peer. Fed by its connections, read by [PeerTraffic].
final class PeerCounters {
    /// Bytes handed to sockets, and taken from them.
    final LongAdder sentBytes = new LongAdder();
    final LongAdder receivedBytes = new LongAdder();
    /// Messages that were dropped.
    final LongAdder sendFailures = new LongAdder();
    /// Connections of the peer that were closed for what it said on them.
    final LongAdder receiveFailures = new LongAdder();
    /// Times at which it ceased to be active.
    final LongAdder disconnects = new LongAdder();
    final LatencyRecorder roundTrip = new LatencyRecorder();

    final Transfers snapshotsSent = new Transfers();
    final Transfers snapshotsReceived = new Transfers();

    /// Snapshots in one direction.
    static final class Transfers {
        final LongAdder successes = new LongAdder();
        final LongAdder failures = new LongAdder();
        /// From the first byte to the last acknowledgement, of those that succeeded.
        final LatencyRecorder duration = new LatencyRecorder();
        /// Of the one that is under way; 0 of 0 if none is.
        final AtomicLong doneBytes = new AtomicLong();
        final AtomicLong wholeBytes = new AtomicLong();

        void onSize(long bytes) {
            doneBytes.set(0);
            wholeBytes.set(bytes);
        }

        void onEnd(boolean success, long durationNs) {
            onSize(0);
            if (success) {
                successes.increment();
                duration.record(durationNs);
            } else {
                failures.increment();
            }
        }
    }
}
