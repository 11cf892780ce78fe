package tenon.server.peer;

import java.util.OptionalLong;
import org.HdrHistogram.Histogram;

/// What went between this node and another one since the network started.
///
/// @param activeSinceNs on the clock of the platform; absent if the peer cannot be reached now
/// @param sendFailures messages that were dropped
/// @param receiveFailures connections that were closed for what the peer said on them
/// @param disconnects times at which the peer ceased to be active
/// @param roundTripNs of pings
public record PeerTraffic(
        long nodeId,
        OptionalLong activeSinceNs,
        long sentBytes,
        long receivedBytes,
        long sendFailures,
        long receiveFailures,
        long disconnects,
        Histogram roundTripNs,
        Snapshots snapshotsSent,
        Snapshots snapshotsReceived) {
    /// Snapshots in one direction.
    ///
    /// @param durationNs of those that succeeded
    /// @param doneBytes of the one that is under way
    /// @param wholeBytes of the one that is under way, 0 if none is
    public record Snapshots(long successes, long failures, Histogram durationNs, long doneBytes, long wholeBytes) {
        static Snapshots of(PeerCounters.Transfers transfers) {
            return new Snapshots(
                    transfers.successes.sum(),
                    transfers.failures.sum(),
                    transfers.duration.copy(),
                    transfers.doneBytes.get(),
                    transfers.wholeBytes.get());
        }
    }

    static PeerTraffic of(long nodeId, OptionalLong activeSinceNs, PeerCounters counters) {
        return new PeerTraffic(
                nodeId,
                activeSinceNs,
                counters.sentBytes.sum(),
                counters.receivedBytes.sum(),
                counters.sendFailures.sum(),
                counters.receiveFailures.sum(),
                counters.disconnects.sum(),
                counters.roundTrip.copy(),
                Snapshots.of(counters.snapshotsSent),
                Snapshots.of(counters.snapshotsReceived));
    }
}
