package tenon.server.metrics;

import java.util.EnumMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/// How long writes spend at each [Stage]. Safe for use by any thread.
public class StageRecorder {
    private final LatencyRecorder[] recorders = new LatencyRecorder[Stage.values().length];

    public StageRecorder() {
        for (int i = 0; i < recorders.length; i++) {
            recorders[i] = new LatencyRecorder();
        }
    }

    public void record(Stage stage, long durationNs) {
        recorders[stage.ordinal()].record(durationNs);
    }

    /// All durations since the beginning, by stage, in the order of the path.
    public final Map<Stage, Histogram> copy() {
        Map<Stage, Histogram> copy = new EnumMap<>(Stage.class);
        for (Stage stage : Stage.values()) {
            copy.put(stage, recorders[stage.ordinal()].copy());
        }
        return copy;
    }
}
