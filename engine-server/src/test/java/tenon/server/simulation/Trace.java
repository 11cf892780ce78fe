package tenon.server.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// What happened: always as a digest, and as lines to read if wanted.
final class Trace {
    private final Timeline timeline;

    /// Null if nobody reads them.
    private final List<String> lines;

    private long digest = 1;

    Trace(Timeline timeline, boolean isRead) {
        this.timeline = timeline;
        lines = isRead ? new ArrayList<>() : null;
    }

    void mix(long value) {
        digest = (digest ^ value) * 0x9e3779b97f4a7c15L;
        digest ^= digest >>> 29;
    }

    /// Something at a node, or at none.
    void note(long nodeId, String what, Supplier<String> details) {
        mix(timeline.nowUnits());
        mix(nodeId * 31 + what.hashCode());
        if (lines != null) {
            String where = nodeId == 0 ? "  " : "n" + nodeId;
            lines.add("%8.2f %s %-9s %s"
                    .formatted((double) timeline.nowUnits() / Timeline.TICK_UNITS, where, what, details.get()));
        }
    }

    void note(long nodeId, String what) {
        note(nodeId, what, () -> "");
    }

    long digest() {
        return digest;
    }

    List<String> lines() {
        return lines == null ? List.of() : lines;
    }
}
