package tenon.server.maintenance;

import java.io.OutputStream;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import tenon.api.DefragmentReport;
import tenon.mvcc.KeyspaceHash;
import tenon.mvcc.MvccStore;
import tenon.server.ServerVersion;
import tenon.server.alarm.Alarms;
import tenon.server.apply.ResponseHeaders;
import tenon.server.error.EtcdError;
import tenon.server.kv.Deadlines;
import tenon.server.kv.LinearizableReads;
import tenon.server.kv.MvccErrors;
import tenon.server.kv.Proposer;
import tenon.server.kv.ReaderThreads;
import tenon.server.metrics.NodeCounters;
import tenon.server.metrics.Stage;
import tenon.server.metrics.StageRecorder;
import tenon.server.quota.Quota;
import tenon.server.replication.RaftView;
import tenon.server.replication.ReplicationLoop;
import tenon.server.rpc.AlarmMember;
import tenon.server.rpc.AlarmRequest;
import tenon.server.rpc.AlarmResponse;
import tenon.server.rpc.AlarmType;
import tenon.server.rpc.DefragmentResponse;
import tenon.server.rpc.HashKVRequest;
import tenon.server.rpc.HashKVResponse;
import tenon.server.rpc.HashResponse;
import tenon.server.rpc.MoveLeaderRequest;
import tenon.server.rpc.MoveLeaderResponse;
import tenon.server.rpc.ResponseHeader;
import tenon.server.rpc.StageLatency;
import tenon.server.rpc.StagesResponse;
import tenon.server.rpc.StatusResponse;

/// [MaintenanceService] of a node.
public final class NodeMaintenance implements MaintenanceService {
    private final MvccStore store;
    private final StoreSize size;
    private final Quota quota;
    private final Alarms alarms;
    private final ReplicationLoop loop;
    private final LongSupplier appliedIndex;
    private final Proposer proposer;
    private final LinearizableReads linearizable;
    private final Handover handover;
    private final BooleanSupplier isLearner;
    private final Supplier<Throwable> failure;
    private final Health health;
    private final ResponseHeaders headers;
    private final StageRecorder stages;
    private final NodeCounters counters;

    /// What the store tells.
    public record Storage(MvccStore store, ReaderThreads readers, StoreSize size, Quota quota, Alarms alarms) {}

    /// What Raft tells, and the ways to it.
    ///
    /// @param appliedIndex of this node
    public record Replication(
            ReplicationLoop loop,
            LongSupplier appliedIndex,
            Proposer proposer,
            LinearizableReads linearizable,
            Deadlines deadlines,
            Handover handover) {}

    /// What the node tells.
    ///
    /// @param isLearner whether this member has no vote, as of now
    /// @param failure what ended the node's work, null while all is well
    /// @param refusal why clients are not served, null while they are
    public record Self(
            BooleanSupplier isLearner,
            Supplier<Throwable> failure,
            Supplier<EtcdError> refusal,
            ResponseHeaders headers) {}

    public NodeMaintenance(
            Storage storage, Replication replication, Self self, StageRecorder stages, NodeCounters counters) {
        this.store = storage.store;
        this.size = storage.size;
        this.quota = storage.quota;
        this.alarms = storage.alarms;
        this.loop = replication.loop;
        this.appliedIndex = replication.appliedIndex;
        this.proposer = replication.proposer;
        this.linearizable = replication.linearizable;
        this.handover = replication.handover;
        this.isLearner = self.isLearner;
        this.failure = self.failure;
        this.health = new Health(
                new Health.Reading(store, storage.readers, linearizable, replication.deadlines),
                new Health.Knowledge(loop, alarms, isLearner, failure, self.refusal));
        this.headers = self.headers;
        this.stages = stages;
        this.counters = counters;
    }

    /// Looking at alarms is a linearizable read; raising and disarming them goes through the log.
    @Override
    public CompletableFuture<AlarmResponse> alarm(AlarmRequest request) {
        if (request.getAction() == AlarmRequest.AlarmAction.GET) {
            return linearizable.ready().thenApply(_ -> AlarmResponse.newBuilder()
                    .setHeader(header())
                    .addAllAlarms(alarms.ofType(request.getAlarm()))
                    .build());
        }
        return proposer.propose(proposal -> proposal.setAlarm(request))
                .thenApply(outcome -> (AlarmResponse) outcome.response());
    }

    @Override
    public StatusResponse status() {
        RaftView raft = loop.view();
        StatusResponse.Builder status = StatusResponse.newBuilder()
                .setHeader(header())
                .setVersion(ServerVersion.text())
                .setStorageVersion(ServerVersion.STORAGE)
                .setDbSize(size.getAsLong())
                .setDbSizeInUse(size.inUseBytes())
                .setDbSizeQuota(quota.isLimited() ? quota.limitBytes() : 0)
                .setLeader(raft.leaderId())
                .setIsLearner(isLearner.getAsBoolean())
                .setRaftIndex(raft.commitIndex())
                .setRaftTerm(raft.term())
                .setRaftAppliedIndex(appliedIndex.getAsLong());
        if (!raft.hasLeader()) {
            status.addErrors("etcdserver: no leader");
        }
        for (AlarmMember alarm : alarms.all()) {
            status.addErrors("memberID:" + Long.toUnsignedString(alarm.getMemberID()) + " alarm:" + alarm.getAlarm());
        }
        if (failure.get() != null) {
            status.addErrors("tenon: " + failure.get().getMessage());
        }
        return status.build();
    }

    @Override
    public DefragmentResponse defragment() {
        DefragmentReport report = store.backend().defragment();
        counters.defragment.record(report.durationNs());
        counters.defragmentPause.record(report.writerPauseNs());
        size.refresh();
        return DefragmentResponse.newBuilder().setHeader(header()).build();
    }

    @Override
    public HashResponse hash() {
        return HashResponse.newBuilder()
                .setHeader(header())
                .setHash(store.backend().hash())
                .build();
    }

    @Override
    public HashKVResponse hashKeyspace(HashKVRequest request) {
        KeyspaceHash hash = MvccErrors.translated(() -> store.hashKeyspace(request.getRevision()));
        return HashKVResponse.newBuilder()
                .setHeader(headers.of(hash.currentRevision(), loop.view().term()))
                .setHash(hash.hash())
                .setCompactRevision(hash.compactedRevision())
                .setHashRevision(hash.revision())
                .build();
    }

    @Override
    public void snapshot(OutputStream target, LongConsumer onSize) {
        store.backend().copyTo(target, onSize);
    }

    @Override
    public CompletableFuture<MoveLeaderResponse> moveLeader(MoveLeaderRequest request) {
        return handover.to(request.getTargetID()).thenApply(_ -> MoveLeaderResponse.newBuilder()
                .setHeader(header())
                .build());
    }

    @Override
    public StagesResponse stages() {
        StagesResponse.Builder response = StagesResponse.newBuilder();
        for (Map.Entry<Stage, Histogram> stage : stages.copy().entrySet()) {
            Histogram durations = stage.getValue();
            response.addStages(StageLatency.newBuilder()
                    .setStage(stage.getKey().text())
                    .setCount(durations.getTotalCount())
                    .setP50Ns(durations.getValueAtPercentile(50))
                    .setP99Ns(durations.getValueAtPercentile(99))
                    .setP999Ns(durations.getValueAtPercentile(99.9))
                    .setMaxNs(durations.getMaxValue()));
        }
        return response.build();
    }

    @Override
    public CompletableFuture<String> healthProblem(Set<AlarmType> ignoredAlarms, boolean serializable) {
        return health.problem(ignoredAlarms, serializable).thenApply(problem -> {
            (problem.isEmpty() ? counters.healthSuccesses : counters.healthFailures).increment();
            return problem;
        });
    }

    @Override
    public CompletableFuture<String> check(HealthCheck check) {
        return health.check(check);
    }

    private ResponseHeader header() {
        return headers.of(store.currentRevision(), loop.view().term());
    }
}
