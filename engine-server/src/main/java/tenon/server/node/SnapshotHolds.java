package tenon.server.node;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import tenon.api.Clock;

/// Remembers to whom a snapshot is on its way, so that the entries behind it are still there when it has arrived: else
/// the next snapshot would follow, and so on, as long as there are writes. Safe for use by any thread.
final class SnapshotHolds {
    /// Who has its snapshot has so long to start with it and to ask for what follows.
    static final long CATCH_UP_NS = TimeUnit.SECONDS.toNanos(30);

    private final Clock clock;
    // Guarded by this; by node.
    private final Map<Long, Hold> holds = new HashMap<>();

    /// @param endNs null while the snapshot is on its way
    private record Hold(long raftIndex, Long endNs) {}

    SnapshotHolds(Clock clock) {
        this.clock = clock;
    }

    /// @param raftIndex what the snapshot holds at least
    synchronized void begin(long nodeId, long raftIndex) {
        holds.put(nodeId, new Hold(raftIndex, null));
    }

    /// @param delivered if not, it begins anew, if at all
    synchronized void end(long nodeId, boolean delivered) {
        if (delivered) {
            holds.computeIfPresent(nodeId, (_, hold) -> new Hold(hold.raftIndex, clock.monotonicNs() + CATCH_UP_NS));
        } else {
            holds.remove(nodeId);
        }
    }

    /// Nobody else is there any more.
    synchronized void retain(Set<Long> nodeIds) {
        holds.keySet().retainAll(nodeIds);
    }

    /// `Long.MAX_VALUE` if there are none.
    synchronized long lowestIndex() {
        holds.values().removeIf(hold -> hold.endNs != null && clock.monotonicNs() - hold.endNs > 0);
        return holds.values().stream().mapToLong(Hold::raftIndex).min().orElse(Long.MAX_VALUE);
    }
}
