package tenon.server.node;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import tenon.api.Clock;
import tenon.api.Log;
import tenon.api.NodeIdentity;
import tenon.api.Platform;
import tenon.api.Secrets;
import tenon.mvcc.MvccOptions;
import tenon.mvcc.MvccStore;
import tenon.mvcc.WatchHub;
import tenon.mvcc.WatchOptions;
import tenon.raft.RaftNode;
import tenon.raft.RaftOptions;
import tenon.server.ServerConfig;
import tenon.server.alarm.AlarmStore;
import tenon.server.apply.AppliedWaiters;
import tenon.server.apply.ApplierChain;
import tenon.server.apply.ApplyLoop;
import tenon.server.apply.BackendApplier;
import tenon.server.apply.ResponseHeaders;
import tenon.server.auth.AccessControl;
import tenon.server.auth.AuthService;
import tenon.server.auth.AuthStore;
import tenon.server.auth.RaftAuthService;
import tenon.server.auth.SimpleTokens;
import tenon.server.kv.Deadlines;
import tenon.server.kv.KvService;
import tenon.server.kv.LinearizableReads;
import tenon.server.kv.PendingProposals;
import tenon.server.kv.Proposer;
import tenon.server.kv.RaftKvService;
import tenon.server.kv.ReaderThreads;
import tenon.server.kv.RequestIds;
import tenon.server.maintenance.AutoCompactor;
import tenon.server.maintenance.MaintenanceService;
import tenon.server.maintenance.NodeMaintenance;
import tenon.server.maintenance.StoreSize;
import tenon.server.metrics.BatchAge;
import tenon.server.metrics.MetricsSnapshot;
import tenon.server.metrics.NodeCounters;
import tenon.server.metrics.NodeMetrics;
import tenon.server.metrics.Stage;
import tenon.server.metrics.StageRecorder;
import tenon.server.quota.Quota;
import tenon.server.quota.QuotaKvService;
import tenon.server.quota.SpaceAlarm;
import tenon.server.replication.Checkpoints;
import tenon.server.replication.LogWriter;
import tenon.server.replication.PeerTransport;
import tenon.server.replication.RaftView;
import tenon.server.replication.ReplicationLoop;
import tenon.server.rpc.AlarmRequest;
import tenon.server.rpc.AlarmType;
import tenon.server.rpc.Member;
import tenon.server.watch.NodeWatchService;
import tenon.server.watch.WatchService;
import tenon.wal.LogOptions;

/// A member, assembled. It works from [#start] to [#close]; its services may be used until then.
public final class Node implements AutoCloseable {
    private static final long NS_PER_MS = 1_000_000L;
    private static final long NS_PER_S = 1_000 * NS_PER_MS;
    private static final int READER_COUNT_MIN = 2;
    /// Above this, writes are refused: while a disk hangs, they must not fill the memory.
    private static final long UNCOMMITTED_BYTES_MAX = 64L << 20;
    private static final long UNCOMMITTED_REQUESTS_MAX = 4;

    private final ServerConfig config;
    private final Platform platform;
    private final Clock clock;
    private final StageRecorder stages;
    private final NodeIdentity identity;
    private final NodeCounters counters = new NodeCounters();
    private final Failure failure = new Failure();
    private final AtomicBoolean closed = new AtomicBoolean();

    private final DataDirectory directory;
    private final MvccStore store;
    private final Log log;
    private final Membership membership;
    private final StoreSize size;
    private final Quota quota;
    private final AlarmStore alarms;
    private final SimpleTokens tokens;
    private final AuthStore authStore;

    private final LogWriter logWriter;
    private final ReplicationLoop loop;
    private final ApplyLoop applyLoop;
    private final AppliedWaiters waiters;
    private final Deadlines deadlines;
    private final PendingProposals pending;
    private final Proposer proposer;
    private final LinearizableReads linearizable;
    private final ReaderThreads readers;
    private final AutoCompactor autoCompactor;
    private final KvService kv;
    private final MaintenanceService maintenance;
    private final AuthService auth;
    private final WatchHub watchHub;
    private final WatchService watch;
    private final NodeMetrics metrics;
    private volatile List<Member> members;

    private Node(ServerConfig config, Platform platform, StageRecorder stages, Opened opened) {
        this.config = config;
        this.platform = platform;
        this.clock = platform.clock();
        this.stages = stages;
        this.identity = opened.identity;
        this.directory = opened.directory;
        this.store = opened.store;
        this.log = opened.recovery.log();
        this.membership = new Membership(store.backend());
        this.members = membership.members();
        this.size = new StoreSize(store.backend());
        this.quota = Quota.ofConfigured(config.quotaBackendBytes(), size);
        this.alarms = new AlarmStore(store.backend());
        this.tokens = opened.tokens;
        this.authStore = new AuthStore(store.backend(), tokens);

        var state = opened.recovery.state();
        ResponseHeaders headers = new ResponseHeaders(identity);
        loop = new ReplicationLoop(RaftNode.start(raftOptions(), state), platform, PeerTransport.NONE, stages, counters);
        logWriter = new LogWriter(log, state.hardState(), platform, stages, counters.logSync, PeerTransport.NONE);
        waiters = new AppliedWaiters(state.appliedIndex());
        deadlines = opened.deadlines;
        pending = new PendingProposals(deadlines);
        long lastIndex = state.snapshot().raftIndex() + state.entries().size();
        RequestIds ids =
                new RequestIds(identity.nodeId(), state.hardState().term(), lastIndex, platform.seed());
        AccessControl access = new AccessControl(
                authStore, tokens, new AccessControl.Arrival(waiters, deadlines, this::isEntryComing));
        proposer = new Proposer(
                new Proposer.Path(loop, waiters::appliedIndex, pending, ids, access::identify),
                config.maxRequestBytes(),
                clock,
                stages,
                counters);
        SpaceAlarm spaceAlarm = new SpaceAlarm(this::raiseNoSpace);
        BatchAge batchAge = new BatchAge();
        BackendApplier backend = new BackendApplier(
                store, alarms, authStore, headers, batchAge, clock, stages, counters);
        applyLoop = new ApplyLoop(
                new ApplyLoop.Parts(
                        store,
                        ApplierChain.assemble(backend, alarms, authStore, quota, spaceAlarm),
                        change -> membership.keep(loop.applyConfChange(change)),
                        loop::onApplied,
                        pending,
                        waiters),
                platform,
                stages);
        linearizable = new LinearizableReads(loop, waiters, deadlines);
        readers = opened.readers;
        kv = newKv(access, headers, spaceAlarm);
        maintenance = newMaintenance(headers);
        auth = newAuth(access, headers);
        watchHub = WatchHub.start(platform, store, watchOptions(config));
        watch = newWatch(headers);
        metrics = newMetrics();
        listenToBackend(new Checkpoints(logWriter, loop, pace(), state.snapshot()), batchAge);
        autoCompactor = AutoCompactor.start(
                config.autoCompaction(), clock, store::currentRevision, this::proposeCompaction);
    }

    private KvService newKv(AccessControl access, ResponseHeaders headers, SpaceAlarm spaceAlarm) {
        RaftKvService raftKv = new RaftKvService(
                proposer, new RaftKvService.Reading(linearizable, readers, store, access), loop, headers, counters);
        return new QuotaKvService(raftKv, quota, alarms, spaceAlarm, clock, stages);
    }

    private WatchService newWatch(ResponseHeaders headers) {
        return new NodeWatchService(
                watchHub, store::currentRevision, revision -> headers.of(revision, loop.view().term()));
    }

    private NodeMaintenance newMaintenance(ResponseHeaders headers) {
        return new NodeMaintenance(
                new NodeMaintenance.Storage(store, size, quota, alarms),
                new NodeMaintenance.Replication(loop, waiters::appliedIndex, proposer, linearizable),
                new NodeMaintenance.Self(() -> members, failure::find, headers),
                stages,
                counters);
    }

    private RaftAuthService newAuth(AccessControl access, ResponseHeaders headers) {
        return new RaftAuthService(
                access,
                proposer,
                linearizable,
                () -> headers.of(store.currentRevision(), loop.view().term()),
                Secrets.system(),
                config.bcryptCost());
    }

    private NodeMetrics newMetrics() {
        return new NodeMetrics(
                new NodeMetrics.Sources(
                        identity.nodeId(),
                        loop,
                        logWriter,
                        pending,
                        store,
                        size,
                        quota,
                        platform.files(),
                        () -> authStore.state().revision(),
                        watchHub::stats),
                stages,
                counters);
    }

    /// What [#start] opened, and the constructor puts together.
    private record Opened(
            NodeIdentity identity,
            DataDirectory directory,
            MvccStore store,
            Recovery recovery,
            Deadlines deadlines,
            SimpleTokens tokens,
            ReaderThreads readers) {
        void closeAfter(Throwable cause) {
            closeAll(cause, readers, tokens, deadlines, store, recovery.log(), directory);
        }
    }

    /// Opens the files, starts the threads, and waits until the node serves.
    ///
    /// @throws tenon.api.StorageException if the files cannot be used
    public static Node start(ServerConfig config, Platform platform) {
        return start(config, platform, new StageRecorder());
    }

    /// @param stages where the stops of writes are timed
    static Node start(ServerConfig config, Platform platform, StageRecorder stages) {
        NodeIdentity identity = MemberIdentity.ofFounder(config.peerUrls(), config.clusterToken());
        Opened opened = open(config, platform, identity);
        Node node;
        try {
            node = new Node(config, platform, stages, opened);
        } catch (RuntimeException | Error e) {
            opened.closeAfter(e);
            throw e;
        }
        try {
            node.begin();
        } catch (RuntimeException | Error e) {
            node.closeAfter(e);
            throw e;
        }
        return node;
    }

    private static Opened open(ServerConfig config, Platform platform, NodeIdentity identity) {
        DataDirectory directory = DataDirectory.open(platform, config.dataDir(), config.walDir());
        MvccStore store = null;
        Log log = null;
        Deadlines deadlines = null;
        SimpleTokens tokens = null;
        try {
            store = MvccStore.open(platform, directory.store(), mvccOptions(config));
            LogOptions options = LogOptions.DEFAULT.withSegmentSizeBytes(config.walSegmentBytes());
            Recovery recovery = Recovery.run(platform, directory, store, identity, options);
            log = recovery.log();
            new Membership(store.backend()).keep(self(config, identity, List.of()));
            deadlines = new Deadlines(platform.clock(), config.requestTimeoutMs() * NS_PER_MS);
            tokens = new SimpleTokens(platform.clock(), config.authTokenTtlSeconds() * NS_PER_S);
            ReaderThreads readers = new ReaderThreads(
                    platform, Math.max(READER_COUNT_MIN, Runtime.getRuntime().availableProcessors()));
            return new Opened(identity, directory, store, recovery, deadlines, tokens, readers);
        } catch (RuntimeException | Error e) {
            closeAll(e, tokens, deadlines, store, log, directory);
            throw e;
        }
    }

    private void begin() {
        applyLoop.start(cause -> stop("applying entries", cause));
        logWriter.start(loop::onStored, cause -> stop("the log", cause));
        loop.start(
                new ReplicationLoop.Wiring(
                        logWriter,
                        applyLoop::submit,
                        applyLoop::appliedIndex,
                        config.heartbeatIntervalMs() * NS_PER_MS,
                        cause -> stop("replication", cause)),
                true);
        CompletableFuture<?> serves = loop.started().thenCompose(_ -> loop.confirmRead()).thenCompose(waiters::reached);
        try {
            // A node that fails while it starts never gets to serve.
            CompletableFuture.anyOf(serves, failure.reason()).join();
        } catch (CompletionException e) {
            if (failure.find() == null) {
                throw (RuntimeException) e.getCause();
            }
        }
        switch (failure.find()) {
            case null -> {}
            case RuntimeException known -> throw known;
            case Error known -> throw known;
            case Throwable other -> throw new IllegalStateException(other);
        }
    }

    public KvService kv() {
        return kv;
    }

    public MaintenanceService maintenance() {
        return maintenance;
    }

    public AuthService auth() {
        return auth;
    }

    public WatchService watch() {
        return watch;
    }

    public NodeIdentity identity() {
        return identity;
    }

    public MetricsSnapshot metrics() {
        return metrics.snapshot();
    }

    public StageRecorder stages() {
        return stages;
    }

    public boolean hasLeader() {
        return loop.view().hasLeader();
    }

    /// What ends the node's work by itself.
    public Failure failure() {
        return failure;
    }

    /// Says where this member serves its clients, from now on.
    public void introduce(List<String> clientUrls) {
        members = List.of(self(config, identity, clientUrls));
    }

    private static Member self(ServerConfig config, NodeIdentity identity, List<String> clientUrls) {
        return Member.newBuilder()
                .setID(identity.nodeId())
                .setName(config.name())
                .addAllPeerURLs(config.peerUrls().stream().map(Object::toString).toList())
                .addAllClientURLs(clientUrls)
                .build();
    }

    /// Those who wait are told that the server stopped. What was acknowledged is durable.
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        if (autoCompactor != null) {
            autoCompactor.close();
        }
        pending.close();
        watchHub.close();
        applyLoop.close();
        loop.close();
        logWriter.close();
        waiters.close();
        readers.close();
        deadlines.close();
        tokens.close();
        RuntimeException first = closeAll(null, store, log, directory);
        if (first != null) {
            throw first;
        }
    }

    private void closeAfter(Throwable cause) {
        try {
            close();
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    /// Closes all of them, whatever fails.
    ///
    /// @param cause why, gets what fails as suppressed; null if there is none
    /// @return the first failure, null if there was none or it was added to the cause
    private static RuntimeException closeAll(Throwable cause, AutoCloseable... resources) {
        RuntimeException first = null;
        for (AutoCloseable resource : resources) {
            try {
                if (resource != null) {
                    resource.close();
                }
            } catch (Exception e) {
                if (cause != null) {
                    cause.addSuppressed(e);
                } else if (first == null) {
                    first = e instanceof RuntimeException known ? known : new IllegalStateException(e);
                }
            }
        }
        return first;
    }

    private void stop(String where, Throwable cause) {
        failure.report(where, cause);
        pending.close();
        waiters.close();
    }

    private void listenToBackend(Checkpoints checkpoints, BatchAge batchAge) {
        store.backend().onFailure(cause -> stop("the store", cause));
        store.backend().onCommit(durationNs -> {
            counters.backendCommit.record(durationNs);
            stages.record(Stage.COMMIT, durationNs);
            long ageNs = batchAge.onCommit(clock.monotonicNs());
            if (ageNs >= 0) {
                stages.record(Stage.BATCH, ageNs);
            }
            size.refresh();
            checkpoints.onDurable(store.backend().durableIndex());
        });
    }

    /// The leader has every entry that was committed.
    private boolean isEntryComing(long raftIndex) {
        RaftView view = loop.view();
        return view.leaderId() != identity.nodeId() || raftIndex <= view.commitIndex();
    }

    private CompletableFuture<?> raiseNoSpace() {
        return proposer.proposeForNobody(proposal -> proposal.setAlarm(AlarmRequest.newBuilder()
                .setAction(AlarmRequest.AlarmAction.ACTIVATE)
                .setMemberID(identity.nodeId())
                .setAlarm(AlarmType.NOSPACE)));
    }

    private void proposeCompaction(long revision) {
        if (hasLeader() && revision > store.compactedRevision() && revision <= store.currentRevision()) {
            proposer.proposeForNobody(proposal -> proposal.getCompactionBuilder().setRevision(revision));
        }
    }

    private RaftOptions raftOptions() {
        return RaftOptions.of(identity.nodeId())
                .electionTicks(Math.toIntExact(config.electionTimeoutMs() / config.heartbeatIntervalMs()))
                .heartbeatTicks(1)
                .seed(platform.seed())
                .uncommittedSizeMaxBytes(
                        Math.max(UNCOMMITTED_BYTES_MAX, UNCOMMITTED_REQUESTS_MAX * config.maxRequestBytes()))
                .build();
    }

    private Checkpoints.Pace pace() {
        return new Checkpoints.Pace(config.snapshotCount(), config.snapshotCatchUpEntries());
    }

    private static WatchOptions watchOptions(ServerConfig config) {
        return WatchOptions.DEFAULT.withProgressIntervalNs(config.watchProgressNotifyIntervalMs() * NS_PER_MS);
    }

    private static MvccOptions mvccOptions(ServerConfig config) {
        return new MvccOptions(
                config.backendBatchIntervalMs() * NS_PER_MS,
                config.backendBatchLimit(),
                config.compactionBatchLimit(),
                config.compactionPauseMs() * NS_PER_MS,
                config.prefault(),
                MvccOptions.DEFAULT.keyFillPercent());
    }
}
