package tenon.server.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import tenon.api.FileSystem;
import tenon.api.LogStats;
import tenon.mvcc.MvccStats;
import tenon.mvcc.MvccStore;
import tenon.mvcc.WatchStats;
import tenon.server.kv.PendingProposals;
import tenon.server.metrics.MetricsSnapshot.Counter;
import tenon.server.metrics.MetricsSnapshot.Distribution;
import tenon.server.metrics.MetricsSnapshot.Gauge;
import tenon.server.metrics.MetricsSnapshot.Metric;
import tenon.server.maintenance.StoreSize;
import tenon.server.peer.PeerTraffic;
import tenon.server.quota.Quota;
import tenon.server.replication.LogWriter;
import tenon.server.replication.RaftView;
import tenon.server.replication.ReplicationLoop;

/// Collects what a node shows. Names are etcd's where the meaning is the same, else they begin with `tenon_`.
public final class NodeMetrics {
    /// etcd's buckets for disk latencies: 1 ms, doubled up to 8.192 s.
    private static final double DISK_BOUND_SECONDS = 0.001;
    private static final int DISK_BOUND_COUNT = 14;
    /// From 1 µs, doubled up to about 8.4 s.
    private static final double STAGE_BOUND_SECONDS = 0.000001;
    private static final int STAGE_BOUND_COUNT = 24;
    /// What etcd warns of by default.
    private static final long SLOW_APPLY_NS = 100_000_000;

    private final Sources sources;
    private final StageRecorder stages;
    private final NodeCounters counters;

    /// Where the numbers come from.
    ///
    /// @param isLearner whether this member has no vote, as of now
    public record Sources(
            long nodeId,
            ReplicationLoop loop,
            LogWriter log,
            PendingProposals pending,
            MvccStore store,
            StoreSize size,
            Quota quota,
            FileSystem files,
            Supplier<List<PeerTraffic>> peers,
            LongSupplier authRevision,
            Supplier<WatchStats> watches,
            BooleanSupplier isLearner) {}

    public NodeMetrics(Sources sources, StageRecorder stages, NodeCounters counters) {
        this.sources = sources;
        this.stages = stages;
        this.counters = counters;
    }

    /// All metrics as of now.
    public MetricsSnapshot snapshot() {
        List<Metric> metrics = new ArrayList<>();
        metrics.addAll(MemberInfo.of(sources.nodeId));
        addServer(metrics);
        metrics.addAll(ProcessUsage.of(sources.files));
        addDisk(metrics);
        addStore(metrics);
        addHealth(metrics);
        metrics.addAll(PeerMetrics.of(sources.nodeId, sources.peers.get()));
        addWatches(metrics);
        Map<Stage, Histogram> stageTimes = stages.copy();
        addSlowness(metrics, stageTimes.get(Stage.APPLIER));
        for (Map.Entry<Stage, Histogram> stage : stageTimes.entrySet()) {
            metrics.add(Distribution.of(
                    "tenon_write_stage_duration_seconds",
                    "How long writes spend at each stop of their path.",
                    "stage=\"" + stage.getKey().text() + '"',
                    stage.getValue(),
                    STAGE_BOUND_SECONDS,
                    STAGE_BOUND_COUNT));
        }
        return new MetricsSnapshot(metrics);
    }

    private void addServer(List<Metric> metrics) {
        RaftView raft = sources.loop.view();
        gauge(metrics, "etcd_server_has_leader", "Whether a leader is known.", raft.hasLeader() ? 1 : 0);
        gauge(metrics, "etcd_server_is_leader", "Whether this member leads.", raft.leaderId() == sources.nodeId ? 1 : 0);
        gauge(metrics, "etcd_server_is_learner", "Whether it has no vote.", sources.isLearner.getAsBoolean() ? 1 : 0);
        counter(metrics, "etcd_server_leader_changes_seen_total", "Leader changes.", counters.leaderChanges.sum());
        gauge(metrics, "etcd_server_proposals_committed_total", "The commit index.", raft.commitIndex());
        gauge(
                metrics,
                "etcd_server_proposals_applied_total",
                "The applied index.",
                sources.store.appliedIndex().raftIndex());
        gauge(metrics, "etcd_server_proposals_pending", "Callers that wait.", sources.pending.count());
        counter(
                metrics, "etcd_server_proposals_failed_total", "Proposals refused or dropped.", counters.proposalsFailed.sum());
        gauge(
                metrics,
                "etcd_server_quota_backend_bytes",
                "The quota, 0 without one.",
                sources.quota.isLimited() ? sources.quota.limitBytes() : 0);
        counter(
                metrics,
                "tenon_server_read_index_rounds_total",
                "Confirmations of leadership for reads.",
                counters.readIndexRounds.sum());
        counter(
                metrics,
                "tenon_server_linearizable_reads_total",
                "Reads that shared these confirmations.",
                counters.linearizableReads.sum());
        gauge(
                metrics,
                "etcd_debugging_auth_revision",
                "The revision of users and roles.",
                sources.authRevision.getAsLong());
        long faults = PageFaults.majorCount(sources.files);
        if (faults >= 0) {
            counter(metrics, "tenon_process_major_page_faults_total", "Waits for a page of a mapped file.", faults);
        }
    }

    private void addSlowness(List<Metric> metrics, Histogram applied) {
        counter(
                metrics,
                "etcd_server_heartbeat_send_failures_total",
                "Heartbeats that a leader left out, since it was not done with the one before.",
                counters.heartbeatsLate.sum());
        counter(
                metrics,
                "etcd_server_slow_apply_total",
                "Requests whose application took more than 100 ms.",
                applied.getTotalCount() - applied.getCountBetweenValues(0, SLOW_APPLY_NS));
        counter(
                metrics,
                "etcd_server_slow_read_indexes_total",
                "Questions for reads that had no answer in time, and were asked again.",
                counters.slowReadIndexes.sum());
    }

    private void addHealth(List<Metric> metrics) {
        counter(metrics, "etcd_server_health_success", "Answers of /health: well.", counters.healthSuccesses.sum());
        counter(metrics, "etcd_server_health_failures", "Answers of /health: not well.", counters.healthFailures.sum());
    }

    private void addDisk(List<Metric> metrics) {
        disk(metrics, "etcd_disk_wal_fsync_duration_seconds", "Syncs of the log.", counters.logSync);
        disk(metrics, "etcd_disk_backend_commit_duration_seconds", "Commits of the store.", counters.backendCommit);
        disk(metrics, "etcd_disk_backend_defrag_duration_seconds", "Defragmentations.", counters.defragment);
        disk(
                metrics,
                "tenon_disk_backend_defrag_pause_seconds",
                "How long defragmentations held up the writer.",
                counters.defragmentPause);
        LogStats log = sources.log.stats();
        counter(metrics, "etcd_disk_wal_write_bytes_total", "Bytes appended to the log.", log.appendedBytes());
        gauge(metrics, "tenon_wal_segments", "Segments of the log.", log.segmentCount());
        gauge(metrics, "tenon_wal_size_bytes", "Size of the log's segments.", log.sizeBytes());
    }

    private void addStore(List<Metric> metrics) {
        MvccStats stats = sources.store.stats();
        gauge(
                metrics,
                "etcd_mvcc_db_total_size_in_bytes",
                "Size of the store's pages, free ones included.",
                sources.size.getAsLong());
        gauge(
                metrics,
                "etcd_mvcc_db_total_size_in_use_in_bytes",
                "Size of the store's pages that hold data.",
                sources.size.inUseBytes());
        gauge(metrics, "etcd_debugging_mvcc_keys_total", "Keys.", stats.keyCount());
        gauge(
                metrics,
                "etcd_debugging_mvcc_current_revision",
                "The current revision.",
                sources.store.currentRevision());
        gauge(
                metrics,
                "etcd_debugging_mvcc_compact_revision",
                "The compacted revision.",
                sources.store.compactedRevision());
        gauge(metrics, "tenon_mvcc_index_bytes", "Estimated heap of the treeIndex.", stats.indexBytes());
        gauge(metrics, "tenon_mvcc_pending_changes", "Changes not committed yet.", stats.pendingChangeCount());
        counter(metrics, "etcd_mvcc_put_total", "Puts applied.", counters.puts.sum());
        counter(metrics, "etcd_mvcc_delete_total", "Deletions applied.", counters.deletes.sum());
        counter(metrics, "etcd_mvcc_txn_total", "Transactions applied.", counters.txns.sum());
        counter(metrics, "etcd_mvcc_range_total", "Ranges asked for.", counters.ranges.sum());
    }

    private void addWatches(List<Metric> metrics) {
        WatchStats stats = sources.watches.get();
        gauge(metrics, "etcd_debugging_mvcc_watch_stream_total", "Watch streams.", stats.streamCount());
        gauge(metrics, "etcd_debugging_mvcc_watcher_total", "Watches.", stats.watcherCount());
        gauge(metrics, "etcd_debugging_mvcc_slow_watcher_total", "Watches that are behind.", stats.unsyncedCount());
        counter(metrics, "etcd_debugging_mvcc_events_total", "Events told to watches.", stats.sentEventCount());
        gauge(
                metrics,
                "etcd_debugging_mvcc_pending_events_total",
                "Changes that watches have not been told of yet.",
                stats.pendingEventCount());
    }

    private static void counter(List<Metric> metrics, String name, String help, double value) {
        metrics.add(new Counter(name, help, "", value));
    }

    private static void gauge(List<Metric> metrics, String name, String help, double value) {
        metrics.add(new Gauge(name, help, "", value));
    }

    private static void disk(List<Metric> metrics, String name, String help, LatencyRecorder durations) {
        metrics.add(Distribution.of(name, help, "", durations.copy(), DISK_BOUND_SECONDS, DISK_BOUND_COUNT));
    }
}
