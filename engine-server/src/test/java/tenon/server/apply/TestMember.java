package tenon.server.apply;

import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import tenon.api.ConfChange;
import tenon.api.ConfState;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.NodeIdentity;
import tenon.api.Platform;
import tenon.mvcc.MvccOptions;
import tenon.mvcc.MvccStore;
import tenon.raft.ConfChangeCodec;
import tenon.server.alarm.AlarmStore;
import tenon.server.auth.AuthStore;
import tenon.server.auth.SimpleTokens;
import tenon.server.divergence.StateComparison;
import tenon.server.kv.AnswerMemory;
import tenon.server.kv.Deadlines;
import tenon.server.kv.PendingProposals;
import tenon.server.membership.MemberChanges;
import tenon.server.membership.Members;
import tenon.server.membership.MembershipApplier;
import tenon.server.membership.MembershipStore;
import tenon.server.membership.stored.MemberChange;
import tenon.server.metrics.BatchAge;
import tenon.server.metrics.NodeCounters;
import tenon.server.metrics.StageRecorder;
import tenon.server.proposal.Proposal;
import tenon.server.quota.Quota;
import tenon.server.quota.SpaceAlarm;
import tenon.testkit.ManualClock;
import tenon.testkit.SimulatedFileSystem;

/// What of a member lies behind the log: it applies the entries that it is given.
final class TestMember implements AutoCloseable {
    private static final Path FILE = Path.of("/data/db");
    private static final int SECONDS_MAX = 20;

    final SimulatedFileSystem disk = new SimulatedFileSystem();
    final MvccStore store;
    final AlarmStore alarms;
    final ManualClock clock = new ManualClock();
    final SimpleTokens tokens;
    final AuthStore auth;
    final PendingProposals pending;
    final AnswerMemory answers = new AnswerMemory(1 << 20);
    volatile boolean isAssistantCalled;
    final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    /// How often this member asked for the NOSPACE alarm to be proposed.
    final AtomicInteger alarmCount = new AtomicInteger();

    /// What the consensus core was told of changes of the configuration.
    final List<String> confChanges = new CopyOnWriteArrayList<>();

    /// What the network was told.
    volatile Members toldMembers = Members.NOBODY;

    final MembershipStore membership;
    final AppliedWaiters waiters = new AppliedWaiters(0);
    private ConfState configuration = ConfState.ofVoters(Set.of());
    private final ApplyLoop loop;

    /// @param layer goes around the whole chain of appliers
    TestMember(long quotaBytes, int batchLimit, UnaryOperator<Applier> layer) {
        disk.createDirectories(FILE.getParent());
        Platform platform = Platform.system().withFiles(disk).withClock(clock);
        store = MvccStore.open(platform, FILE, new MvccOptions(100_000_000, batchLimit, 100, 0, false, 0.9));
        alarms = new AlarmStore(store.backend());
        tokens = new SimpleTokens(clock, 300_000_000_000L);
        auth = new AuthStore(store.backend(), tokens);
        pending = new PendingProposals(new Deadlines(platform.clock(), 7_000_000_000L));
        SpaceAlarm spaceAlarm = new SpaceAlarm(() -> {
            alarmCount.incrementAndGet();
            return CompletableFuture.completedFuture(null);
        });
        StageRecorder stages = new StageRecorder();
        ResponseHeaders headers = new ResponseHeaders(new NodeIdentity(1, 2));
        membership = new MembershipStore(store.backend());
        BackendApplier backend = new BackendApplier(
                store,
                alarms,
                auth,
                membership,
                new StateComparison(store, alarms, membership, 1),
                headers,
                answers,
                new BatchAge(),
                platform.clock(),
                stages,
                new NodeCounters());
        Quota quota = Quota.ofConfigured(quotaBytes, () -> store.backend().storeStats().fileSizeBytes());
        Applier chain = layer.apply(ApplierChain.assemble(backend, alarms, auth, quota, spaceAlarm));
        loop = new ApplyLoop(
                new ApplyLoop.Parts(
                        store,
                        chain,
                        new MembershipApplier(
                                membership,
                                new MembershipApplier.Raft(
                                        this::putInForce,
                                        () -> confChanges.add("applied up to " + waiters.appliedIndex())),
                                pending,
                                headers,
                                members -> toldMembers = members),
                        pending,
                        waiters),
                platform,
                stages);
        loop.start(failure::complete);
    }

    /// What the consensus core does, without its checks.
    private ConfState putInForce(ConfChange change) {
        confChanges.add(change.steps() + " put in force");
        Set<Long> voters = new TreeSet<>(configuration.voters());
        Set<Long> learners = new TreeSet<>(configuration.learners());
        for (ConfChange.Step step : change.steps()) {
            voters.remove(step.nodeId());
            learners.remove(step.nodeId());
            switch (step.type()) {
                case ADD_VOTER -> voters.add(step.nodeId());
                case ADD_LEARNER -> learners.add(step.nodeId());
                case REMOVE -> {}
            }
        }
        configuration = new ConfState(voters, Set.of(), learners, Set.of(), false);
        return configuration;
    }

    /// An entry of the log; its request id is its index.
    static Entry entry(long raftIndex, Consumer<Proposal.Builder> request) {
        Proposal.Builder proposal = Proposal.newBuilder().setId(raftIndex);
        request.accept(proposal);
        return new Entry(1, raftIndex, EntryType.NORMAL, proposal.build().toByteArray());
    }

    /// An entry that changes the members.
    static Entry confChange(long raftIndex, MemberChange.Builder change) {
        return new Entry(
                1, raftIndex, EntryType.CONF_CHANGE, ConfChangeCodec.encode(MemberChanges.encode(change.build())));
    }

    void submit(List<Entry> entries) {
        loop.submit(entries, Entry.sizeBytes(entries));
    }

    /// As by a thread that promised to look after them.
    void submitAssisted(List<Entry> entries) {
        loop.assist(() -> submit(entries), () -> isAssistantCalled);
    }

    void apply(List<Entry> entries) {
        submit(entries);
        waiters.reached(entries.getLast().raftIndex()).orTimeout(SECONDS_MAX, TimeUnit.SECONDS).join();
        assertNull(failure.getNow(null));
    }

    @Override
    public void close() {
        loop.close();
        store.close();
    }
}
