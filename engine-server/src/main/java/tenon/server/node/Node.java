package tenon.server.node;

import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import tenon.api.Clock;
import tenon.api.Entry;
import tenon.api.Log;
import tenon.api.NodeIdentity;
import tenon.api.Platform;
import tenon.api.Ready;
import tenon.api.Secrets;
import tenon.mvcc.MvccStore;
import tenon.mvcc.WatchHub;
import tenon.mvcc.WatchOptions;
import tenon.raft.RaftNode;
import tenon.server.ServerConfig;
import tenon.server.alarm.AlarmStore;
import tenon.server.alarm.Alarms;
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
import tenon.server.divergence.StateChecks;
import tenon.server.divergence.StateComparison;
import tenon.server.error.EtcdError;
import tenon.server.kv.AnswerMemory;
import tenon.server.kv.Deadlines;
import tenon.server.kv.KvService;
import tenon.server.kv.LinearizableReads;
import tenon.server.kv.PendingProposals;
import tenon.server.kv.Proposer;
import tenon.server.kv.RaftKvService;
import tenon.server.kv.ReaderThreads;
import tenon.server.kv.RequestIds;
import tenon.server.maintenance.AutoCompactor;
import tenon.server.maintenance.Handover;
import tenon.server.maintenance.MaintenanceService;
import tenon.server.maintenance.NodeMaintenance;
import tenon.server.maintenance.StoreSize;
import tenon.server.membership.Bootstrap;
import tenon.server.membership.ClusterOrigin;
import tenon.server.membership.MembershipApplier;
import tenon.server.membership.MembershipService;
import tenon.server.membership.MembershipStore;
import tenon.server.membership.RaftMembershipService;
import tenon.server.membership.SelfIntroduction;
import tenon.server.metrics.BatchAge;
import tenon.server.metrics.MetricsSnapshot;
import tenon.server.metrics.NodeCounters;
import tenon.server.metrics.NodeMetrics;
import tenon.server.metrics.StageRecorder;
import tenon.server.peer.PeerOptions;
import tenon.server.quota.Quota;
import tenon.server.quota.QuotaKvService;
import tenon.server.quota.SpaceAlarm;
import tenon.server.replication.Checkpoints;
import tenon.server.replication.LogWriter;
import tenon.server.replication.RaftView;
import tenon.server.replication.ReplicationLoop;
import tenon.server.rpc.AlarmType;
import tenon.server.rpc.Member;
import tenon.server.watch.NodeWatchService;
import tenon.server.watch.WatchService;

/// A member, assembled. It works from [#start] to [#close]; its services may be used until then.
public final class Node implements AutoCloseable {
    private static final long NS_PER_MS = 1_000_000L;
    private static final long NS_PER_S = 1_000 * NS_PER_MS;
    private static final long REMOVAL_DELAY_NS = NS_PER_S;

    private final ServerConfig config;
    private final Platform platform;
    private final Clock clock;
    private final StageRecorder stages;
    private final NodeIdentity identity;
    private final NodeCounters counters = new NodeCounters();
    private final Failure failure = new Failure();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final CompletableFuture<Ready> snapshot = new CompletableFuture<>();

    private final DataDirectory directory;
    private final MvccStore store;
    private final Log log;
    private final MembershipStore membershipStore;
    private final StoreSize size;
    private final Quota quota;
    private final AlarmStore alarms;
    private final SimpleTokens tokens;
    private final AuthStore authStore;
    private final StateComparison comparison;

    private final LogWriter logWriter;
    private final PeerLink link;
    private final ReplicationLoop loop;
    private final Checkpoints checkpoints;
    private final ApplyLoop applyLoop;
    private final AppliedWaiters waiters;
    private final Deadlines deadlines;
    private final PendingProposals pending;
    private final Proposer proposer;
    private final LinearizableReads linearizable;
    private final Handover handover;
    private final ReaderThreads readers;
    private final AnswerMemory answers = AnswerMemory.ofProcess();
    private final AutoCompactor autoCompactor;
    private final StateChecks stateChecks;
    private final KvService kv;
    private final MaintenanceService maintenance;
    private final AuthService auth;
    private final WatchHub watchHub;
    private final WatchService watch;
    private final NodeMetrics metrics;
    /// Whether it elects itself: there is nobody else to wait for.
    private final boolean isAlone;
    private final ClusterOrigin origin;
    private final RaftMembershipService membership;

    private Node(ServerConfig config, Platform platform, StageRecorder stages, NodeFiles opened) {
        this.config = config;
        this.platform = platform;
        this.clock = platform.clock();
        this.stages = stages;
        this.origin = opened.recovery().origin();
        this.identity = origin.identity();
        this.directory = opened.directory();
        this.store = opened.store();
        this.log = opened.recovery().log();
        this.membershipStore = new MembershipStore(store.backend());
        this.size = new StoreSize(store.backend());
        this.quota = Quota.ofConfigured(config.quotaBackendBytes(), size);
        this.alarms = new AlarmStore(store.backend());
        this.tokens = opened.tokens();
        this.authStore = new AuthStore(store.backend(), tokens);
        this.comparison = new StateComparison(store, alarms, membershipStore, identity.nodeId());

        var state = opened.recovery().state();
        isAlone = opened.recovery().isAlone();
        link = new PeerLink(platform, identity, directory, store.backend(), membershipStore);
        ResponseHeaders headers = new ResponseHeaders(identity);
        loop = new ReplicationLoop(RaftNode.start(RaftSettings.of(config, identity.nodeId(), platform.seed()), state), platform, link, stages, counters);
        logWriter = new LogWriter(log, state.hardState(), platform, stages, counters.logSync, link);
        waiters = new AppliedWaiters(state.appliedIndex());
        deadlines = opened.deadlines();
        pending = new PendingProposals(deadlines);
        long lastIndex = state.snapshot().raftIndex() + state.entries().size();
        RequestIds ids = new RequestIds(identity.nodeId(), state.hardState().term(), lastIndex, platform.seed());
        AccessControl access = new AccessControl(
                authStore, tokens, new AccessControl.Arrival(waiters, deadlines, this::isEntryComing));
        SpaceAlarm spaceAlarm = new SpaceAlarm(this::raiseNoSpace);
        BatchAge batchAge = new BatchAge();
        applyLoop = newApplyLoop(spaceAlarm, batchAge, headers);
        proposer = new Proposer(
                new Proposer.Path(
                        loop, waiters::appliedIndex, applyLoop::waitingBytes, pending, ids, access::identify),
                config.maxRequestBytes(), clock, stages, counters);
        linearizable = new LinearizableReads(loop, waiters, deadlines);
        handover = new Handover(loop, identity.nodeId(), deadlines);
        readers = opened.readers();
        RaftKvService raftKv = new RaftKvService(
                proposer,
                new RaftKvService.Reading(linearizable, readers, store, answers, access), loop, headers, counters);
        kv = new QuotaKvService(raftKv, quota, alarms, spaceAlarm, clock, stages);
        membership = newMembership(ids, headers);
        maintenance = newMaintenance(headers);
        auth = newAuth(access, headers);
        watchHub = newWatchHub();
        watch = new NodeWatchService(
                watchHub, store::currentRevision, revision -> headers.of(revision, loop.view().term()));
        metrics = newMetrics();
        var pace = new Checkpoints.Pace(config.snapshotCount(), config.snapshotCatchUpEntries());
        var parties = new Checkpoints.Parties(logWriter::submit, loop::compact, link::heldIndex);
        checkpoints = new Checkpoints(parties, pace, state);
        listenToBackend(batchAge);
        stateChecks = newStateChecks();
        autoCompactor = AutoCompactor.start(
                config.autoCompaction(), clock, store::currentRevision, new CompactionProposer(store, loop, proposer));
    }

    private ApplyLoop newApplyLoop(SpaceAlarm spaceAlarm, BatchAge batchAge, ResponseHeaders headers) {
        BackendApplier backend = new BackendApplier(
                store, alarms, authStore, membershipStore, comparison, headers, answers, batchAge, clock, stages, counters);
        return new ApplyLoop(
                new ApplyLoop.Parts(
                        store,
                        ApplierChain.assemble(backend, alarms, authStore, quota, spaceAlarm),
                        newMembershipApplier(headers),
                        pending,
                        waiters),
                platform,
                stages);
    }

    private WatchHub newWatchHub() {
        return WatchHub.start(
                platform,
                store,
                WatchOptions.DEFAULT.withProgressIntervalNs(config.watchProgressNotifyIntervalMs() * NS_PER_MS));
    }

    private StateChecks newStateChecks() {
        return new StateChecks(
                new StateChecks.Parts(comparison, store, loop, proposer, handover, identity.nodeId()), clock);
    }

    private NodeMaintenance newMaintenance(ResponseHeaders headers) {
        return new NodeMaintenance(
                new NodeMaintenance.Storage(store, readers, size, quota, alarms),
                new NodeMaintenance.Replication(
                        loop, waiters::appliedIndex, proposer, linearizable, deadlines, handover),
                new NodeMaintenance.Self(membership::isSelfLearner, failure::find, this::refusal, headers),
                stages,
                counters);
    }

    private MembershipApplier newMembershipApplier(ResponseHeaders headers) {
        return new MembershipApplier(
                membershipStore,
                new MembershipApplier.Raft(loop::applyConfChange, loop::onApplied),
                pending,
                headers,
                link::onMembers);
    }

    private RaftMembershipService newMembership(RequestIds ids, ResponseHeaders headers) {
        return new RaftMembershipService(
                membershipStore,
                new RaftMembershipService.Replication(loop, waiters, linearizable, pending, ids, deadlines),
                new RaftMembershipService.Peers(link, link, config.strictReconfigCheck()),
                headers,
                clock);
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
                        link::traffic,
                        () -> authStore.state().revision(),
                        watchHub::stats,
                        membership::isSelfLearner),
                stages, counters);
    }

    /// Opens the files, starts the threads, and waits until the node serves.
    ///
    /// @throws tenon.api.StorageException if the files cannot be used
    public static Node start(ServerConfig config, Platform platform) {
        return start(config, platform, new StageRecorder());
    }

    /// @param stages where the stops of writes are timed
    static Node start(ServerConfig config, Platform platform, StageRecorder stages) {
        NodeFiles opened = NodeFiles.open(config, platform);
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

    private void begin() {
        applyLoop.start(cause -> stop("applying entries", cause));
        logWriter.start(
                number -> applyLoop.assist(() -> loop.onStored(number), logWriter::isCalled), cause -> stop("the log", cause));
        List<Member> members = origin instanceof ClusterOrigin.Joining joining
                ? joining.members()
                : membershipStore.members().all();
        List<URI> listenUrls = Bootstrap.peerAddresses(config, origin, membershipStore.members());
        PeerOptions options = PeerSettings.of(config, listenUrls, directory);
        link.begin(loop, applyLoop::waitingBytes, membership::promoteHere, options, members);
        loop.start(
                new ReplicationLoop.Wiring(
                        logWriter,
                        this::onCommitted,
                        applyLoop::appliedIndex,
                        applyLoop::stalledNs,
                        new ReplicationLoop.Pace(
                                config.heartbeatIntervalMs() * NS_PER_MS, config.electionTimeoutMs() * NS_PER_MS),
                        snapshot::complete,
                        cause -> stop("replication", cause)),
                isAlone);
        stateChecks.start(
                new StateChecks.Plan(config.corruptCheckTimeMs(), config.initialCorruptCheck()),
                isAlone,
                cause -> stop("the first comparison with other members", cause));
        if (isAlone) {
            awaitServing();
        }
    }

    /// Waits for nobody but itself.
    private void awaitServing() {
        CompletableFuture<?> serves = loop.awaitLeader(leaderId -> leaderId != 0)
                .thenCompose(_ -> loop.confirmRead())
                .thenCompose(waiters::reached);
        try {
            // A node that fails while it starts never gets to serve.
            CompletableFuture.anyOf(serves, failure.reason()).join();
        } catch (CompletionException e) {
            if (failure.find() == null) {
                throw (RuntimeException) e.getCause();
            }
        }
        failure.check();
    }

    /// Whether it is the only one that votes.
    public boolean isAlone() {
        return isAlone;
    }

    /// Where other members reach it; empty if it listens to none.
    public List<URI> peerUris() {
        return link.addresses();
    }

    /// Completes when this member has been removed from its cluster, and has had some time to say what it still had to.
    public CompletableFuture<Void> removed() {
        CompletableFuture<Void> leaves = new CompletableFuture<>();
        link.removed().thenRun(() -> clock.after(REMOVAL_DELAY_NS, () -> leaves.complete(null)));
        return leaves;
    }

    /// Completes when there is a leader for the first time.
    public CompletableFuture<Void> led() {
        return loop.awaitLeader(leaderId -> leaderId != 0);
    }

    /// Completes when a snapshot of the leader has come that takes the place of this member's store: the node does
    /// nothing any more, and is to be ended by [#closeAndInstall].
    public CompletableFuture<Ready> snapshot() {
        return snapshot.copy();
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

    public MembershipService membership() {
        return membership;
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

    /// Why clients are not served; null while they are.
    public EtcdError refusal() {
        return stateChecks.refusal();
    }

    public boolean hasLeader() {
        return loop.view().hasLeader();
    }

    /// What ends the node's work by itself.
    public Failure failure() {
        return failure;
    }

    /// Tells all members where this one serves its clients.
    ///
    /// @return completes when that is known here; fails when the node stops
    public CompletableFuture<Void> introduce(List<String> clientUrls) {
        Member.Builder self = Member.newBuilder().setID(identity.nodeId()).setName(config.name());
        self.addAllClientURLs(clientUrls);
        return SelfIntroduction.begin(membershipStore, proposer, clock, self.build());
    }

    /// Those who wait are told that the server stopped. What was acknowledged is durable.
    @Override
    public void close() {
        closeAndThen(() -> {});
    }

    /// Like [#close]; then the files are those of the snapshot that came with the `Ready`, and the node may be started
    /// again.
    public void closeAndInstall(Ready arrived) {
        closeAndThen(() -> SnapshotInstallation.run(platform.files(), directory, log, arrived));
    }

    private void closeAndThen(AutoCloseable last) {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        if (autoCompactor != null) {
            autoCompactor.close();
        }
        stateChecks.close();
        if (failure.find() == null) {
            handover.beforeStopping(config.electionTimeoutMs());
        }
        pending.close();
        watchHub.close();
        applyLoop.close();
        loop.close();
        logWriter.close();
        link.close();
        waiters.close();
        readers.close();
        deadlines.close();
        tokens.close();
        RuntimeException first = Closing.all(null, store, last, log, directory);
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

    private void stop(String where, Throwable cause) {
        failure.report(where, cause);
        pending.close();
        waiters.close();
    }

    private void onCommitted(List<Entry> entries) {
        long sizeBytes = Entry.sizeBytes(entries);
        checkpoints.onCommitted(entries.getLast().raftIndex(), sizeBytes);
        applyLoop.submit(entries, sizeBytes);
    }

    private void listenToBackend(BatchAge batchAge) {
        CommitListener.Timing timing = new CommitListener.Timing(clock, batchAge, stages, counters);
        store.backend().onFailure(cause -> stop("the store", cause));
        store.backend().onCommit(new CommitListener(store.backend(), size, checkpoints, timing));
    }

    /// The leader has every entry that was committed.
    private boolean isEntryComing(long raftIndex) {
        RaftView view = loop.view();
        return view.leaderId() != identity.nodeId() || raftIndex <= view.commitIndex();
    }

    private CompletableFuture<?> raiseNoSpace() {
        return proposer.proposeForNobody(
                proposal -> proposal.setAlarm(Alarms.activation(identity.nodeId(), AlarmType.NOSPACE)));
    }
}
