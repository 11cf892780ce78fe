package tenon.server.node;

import java.util.function.LongConsumer;
import tenon.api.Clock;
import tenon.mvcc.Backend;
import tenon.server.maintenance.StoreSize;
import tenon.server.metrics.BatchAge;
import tenon.server.metrics.NodeCounters;
import tenon.server.metrics.Stage;
import tenon.server.metrics.StageRecorder;
import tenon.server.replication.Checkpoints;

/// After each commit of the store: times it, and tells who goes by what is durable. Runs on the committing thread.
///
/// @param size is told anew
/// @param checkpoints may let the log forget entries
record CommitListener(Backend backend, StoreSize size, Checkpoints checkpoints, Timing timing)
        implements LongConsumer {
    /// What is timed by which clock, and where to.
    record Timing(Clock clock, BatchAge batchAge, StageRecorder stages, NodeCounters counters) {
        private void onCommit(long durationNs) {
            counters.backendCommit.record(durationNs);
            stages.record(Stage.COMMIT, durationNs);
            long ageNs = batchAge.onCommit(clock.monotonicNs());
            if (ageNs >= 0) {
                stages.record(Stage.BATCH, ageNs);
            }
        }
    }

    @Override
    public void accept(long durationNs) {
        timing.onCommit(durationNs);
        size.refresh();
        checkpoints.onDurable(backend.durableIndex());
    }
}
