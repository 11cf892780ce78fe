package tenon.server.metrics;

import java.util.concurrent.atomic.LongAdder;

/// What a node counts and times beside the stages. Each field is fed by whom its comment names, and read by
/// [NodeMetrics].
public final class NodeCounters {
    /// Fed by whoever fails a proposal.
    public final LongAdder proposalsFailed = new LongAdder();
    /// Fed by the replication loop: changes of the leader seen.
    public final LongAdder leaderChanges = new LongAdder();
    /// Fed by the replication loop: rounds of read confirmation, and the reads served by them.
    public final LongAdder readIndexRounds = new LongAdder();
    /// Fed by the replication loop.
    public final LongAdder linearizableReads = new LongAdder();
    /// Fed by the replication loop: questions to the leader that had no answer in time, and were asked again.
    public final LongAdder slowReadIndexes = new LongAdder();
    /// Fed by the clock: ticks that were left out while this member led, since it was not done with the one before.
    public final LongAdder heartbeatsLate = new LongAdder();
    /// Fed by the log's thread: syncs of the log.
    public final LatencyRecorder logSync = new LatencyRecorder();
    /// Fed by the apply loop: writes that reached the store.
    public final LongAdder puts = new LongAdder();
    /// Fed by the apply loop.
    public final LongAdder deletes = new LongAdder();
    /// Fed by the apply loop.
    public final LongAdder txns = new LongAdder();
    /// Fed by the KV service.
    public final LongAdder ranges = new LongAdder();
    /// Fed by the backend's commits.
    public final LatencyRecorder backendCommit = new LatencyRecorder();
    /// Fed by maintenance: answers about the health of the member.
    public final LongAdder healthSuccesses = new LongAdder();
    /// Fed by maintenance: those that told of a problem.
    public final LongAdder healthFailures = new LongAdder();
    /// Fed by maintenance.
    public final LatencyRecorder defragment = new LatencyRecorder();
    /// Fed by maintenance: how long a defragmentation held up the writer.
    public final LatencyRecorder defragmentPause = new LatencyRecorder();
}
