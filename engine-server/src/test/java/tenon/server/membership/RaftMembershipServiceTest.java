package tenon.server.membership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tenon.api.ConfChange;
import tenon.api.HardState;
import tenon.api.MisuseException;
import tenon.api.NodeIdentity;
import tenon.api.Platform;
import tenon.api.ProposalDroppedException;
import tenon.mvcc.MvccOptions;
import tenon.mvcc.MvccStore;
import tenon.server.apply.AppliedWaiters;
import tenon.server.apply.ResponseHeaders;
import tenon.server.error.EtcdError;
import tenon.server.error.RequestException;
import tenon.server.kv.Deadlines;
import tenon.server.kv.LinearizableReads;
import tenon.server.kv.PendingProposals;
import tenon.server.kv.PendingProposals.Outcome;
import tenon.server.kv.RequestIds;
import tenon.server.membership.stored.MemberChange;
import tenon.server.metrics.LatencyRecorder;
import tenon.server.metrics.NodeCounters;
import tenon.server.metrics.StageRecorder;
import tenon.server.replication.LogWriter;
import tenon.server.replication.PeerTransport;
import tenon.server.replication.ReplicationLoop;
import tenon.server.rpc.Member;
import tenon.server.rpc.MemberAddRequest;
import tenon.server.rpc.MemberListResponse;
import tenon.server.rpc.MemberPromoteRequest;
import tenon.server.rpc.MemberPromoteResponse;
import tenon.server.rpc.MemberRemoveRequest;
import tenon.server.rpc.MemberUpdateRequest;
import tenon.testkit.ManualClock;
import tenon.testkit.SimulatedFileSystem;
import tenon.wal.LogOptions;
import tenon.wal.SegmentedLog;

/// The service of member 1, over a core that says what each test wants.
class RaftMembershipServiceTest {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final Member ONE = MemberChangesTest.member(1, "one", false, "http://h1:1");
    private static final Member TWO = MemberChangesTest.member(2, "two", false, "http://h2:1");
    private static final Member LEARNER = MemberChangesTest.member(3, "", true, "http://h3:1");
    private static final List<Member> ALL = List.of(ONE, TWO, LEARNER);

    private final ManualClock clock = new ManualClock();
    private final Platform platform = platform(clock);
    private final MvccStore store = MvccStore.open(platform, Path.of("/data/db"), MvccOptions.DEFAULT);
    private final MembershipStore membership = new MembershipStore(store.backend());
    private final Deadlines deadlines = new Deadlines(clock, 7 * SECOND_NS);
    private final PendingProposals pending = new PendingProposals(deadlines);
    private final SegmentedLog log =
            SegmentedLog.create(platform, Path.of("/wal"), new NodeIdentity(1, 2), LogOptions.DEFAULT);
    private FakeConsensus core;
    private ReplicationLoop loop;

    private static Platform platform(ManualClock clock) {
        SimulatedFileSystem files = new SimulatedFileSystem();
        files.createDirectories(Path.of("/data"));
        return Platform.system().withFiles(files).withClock(clock);
    }

    private RaftMembershipService leader(Map<Long, Long> matchIndexes) {
        return service(1, matchIndexes, LeaderPromotion.NONE, true);
    }

    private RaftMembershipService service(
            long leaderId, Map<Long, Long> matchIndexes, LeaderPromotion promotion, boolean strictCheck) {
        membership.keep(new Members(ALL, Set.of()));
        NodeCounters counters = new NodeCounters();
        StageRecorder stages = new StageRecorder();
        core = new FakeConsensus(leaderId, matchIndexes);
        loop = new ReplicationLoop(core, platform, PeerTransport.NONE, stages, counters);
        LogWriter writer = new LogWriter(
                log, HardState.INITIAL, platform, stages, new LatencyRecorder(), PeerTransport.NONE);
        loop.start(
                new ReplicationLoop.Wiring(
                        writer,
                        _ -> {},
                        () -> 0,
                        () -> 0,
                        new ReplicationLoop.Pace(1000 * SECOND_NS, Long.MAX_VALUE),
                        _ -> {},
                        failure -> {
                            throw new AssertionError(failure);
                        }),
                false);
        AppliedWaiters applied = new AppliedWaiters(0);
        return new RaftMembershipService(
                membership,
                new RaftMembershipService.Replication(
                        loop,
                        applied,
                        new LinearizableReads(loop, applied, deadlines),
                        pending,
                        new RequestIds(1, 2, 3, 4),
                        deadlines),
                new RaftMembershipService.Peers(_ -> -10 * SECOND_NS, promotion, strictCheck),
                new ResponseHeaders(new NodeIdentity(1, 0x77)),
                clock);
    }

    @AfterEach
    void close() {
        loop.close();
        log.close();
        deadlines.close();
        store.close();
    }

    private static EtcdError refusal(CompletableFuture<?> future) {
        ExecutionException refusal = assertThrows(ExecutionException.class, () -> future.get(20, TimeUnit.SECONDS));
        return assertInstanceOf(RequestException.class, refusal.getCause()).error();
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }

    private static MemberAddRequest add(String... peerUrls) {
        return MemberAddRequest.newBuilder().addAllPeerURLs(List.of(peerUrls)).build();
    }

    private static MemberPromoteRequest promote(long id) {
        return MemberPromoteRequest.newBuilder().setID(id).build();
    }

    /// What was proposed by now, as the apply thread would find it.
    private MemberChange proposed() throws Exception {
        ConfChange change = core.proposed.poll(20, TimeUnit.SECONDS);
        return MemberChange.parseFrom(change.context());
    }

    private void apply(MemberChange change) {
        pending.complete(
                change.getRequestId(),
                Outcome.of(MemberListResponse.newBuilder().addAllMembers(ALL).build()));
    }

    @Test
    void shouldProposeAMemberWithAnIdOfItsOwnAndAnswerWhenItIsApplied() throws Exception {
        var answer = leader(Map.of(1L, 10L)).add(add(" http://h5:1", "http://h4:1"));
        MemberChange change = proposed();
        List<String> peerUrls = List.of("http://h4:1", "http://h5:1");
        long id = MemberIdentity.ofAdded(peerUrls, clock.wallMs() / 1000);
        assertEquals(MemberChangesTest.member(id, "", false, "http://h4:1", "http://h5:1"), change.getAdd());
        apply(change);
        assertEquals(change.getAdd(), get(answer).getMember());
        assertEquals(ALL, get(answer).getMembersList());
    }

    @Test
    void shouldRefuseWhatCannotBeWithoutAskingAnyone() {
        RaftMembershipService service = leader(Map.of(1L, 10L));
        assertEquals(EtcdError.MEMBER_BAD_URLS, refusal(service.add(add())));
        assertEquals(EtcdError.MEMBER_BAD_URLS, refusal(service.add(add("http://h4"))));
        assertEquals(
                EtcdError.MEMBER_BAD_URLS,
                refusal(service.update(MemberUpdateRequest.newBuilder().setID(2).build())));
        assertEquals(EtcdError.MEMBER_NOT_FOUND, refusal(service.remove(MemberRemoveRequest.getDefaultInstance())));
        assertEquals(
                EtcdError.MEMBER_NOT_FOUND,
                refusal(service.update(MemberUpdateRequest.newBuilder().addPeerURLs("http://h4:1").build())));
        assertEquals(EtcdError.MEMBER_NOT_FOUND, refusal(service.promote(promote(0))));
        assertTrue(core.proposed.isEmpty());
    }

    @Test
    void shouldTellWhyAChangeWasDropped() {
        RaftMembershipService service = leader(Map.of(1L, 10L));
        core.refusal = new ProposalDroppedException(ProposalDroppedException.Reason.CONF_CHANGE_PENDING);
        assertEquals(EtcdError.TOO_MANY_REQUESTS, refusal(service.add(add("http://h4:1"))));
        core.refusal = new ProposalDroppedException(ProposalDroppedException.Reason.NO_LEADER);
        assertEquals(EtcdError.NO_LEADER, refusal(service.add(add("http://h4:1"))));
        core.refusal = new MisuseException("there would be no voter");
        assertEquals(EtcdError.MEMBER_NOT_ENOUGH_STARTED, refusal(service.add(add("http://h4:1"))));
        assertEquals(0, pending.count());
    }

    @Test
    void shouldWaitForAnAnswerOnlySoLong() throws Exception {
        var answer = leader(Map.of(1L, 10L)).add(add("http://h4:1"));
        proposed();
        clock.advanceNs(8 * SECOND_NS);
        assertEquals(EtcdError.TIMEOUT, refusal(answer));
    }

    @Test
    void shouldPromoteALearnerThatIsInSync() throws Exception {
        var answer = leader(Map.of(1L, 100L, 3L, 90L)).promote(promote(3));
        MemberChange change = proposed();
        assertEquals(3, change.getPromote());
        apply(change);
        assertEquals(ALL, get(answer).getMembersList());
    }

    @Test
    void shouldRefuseToPromoteALearnerThatIsNot() {
        RaftMembershipService service = leader(Map.of(1L, 100L, 3L, 89L));
        assertEquals(EtcdError.LEARNER_NOT_READY, refusal(service.promote(promote(3))));
        assertEquals(EtcdError.MEMBER_NOT_FOUND, refusal(service.promote(promote(4))));
        assertTrue(core.proposed.isEmpty());
    }

    @Test
    void shouldHaveTheLeaderPromote() throws Exception {
        LeaderPromotion promotion = (leaderId, memberId) -> memberId == 3 && leaderId == 2
                ? CompletableFuture.completedFuture(
                        MemberListResponse.newBuilder().addAllMembers(ALL).build())
                : CompletableFuture.failedFuture(EtcdError.LEARNER_NOT_READY.exception());
        RaftMembershipService service = service(2, Map.of(), promotion, true);
        MemberPromoteResponse promoted = get(service.promote(promote(3)));
        assertEquals(ALL, promoted.getMembersList());
        assertEquals(1, promoted.getHeader().getMemberId(), "whoever promoted it, this member answers");
        assertEquals(EtcdError.LEARNER_NOT_READY, refusal(service.promote(promote(4))));
        assertEquals(EtcdError.NOT_LEADER, refusal(service.promoteHere(3)));
    }

    @Test
    void shouldPromoteNobodyWithoutALeaderOrWayToIt() {
        assertEquals(EtcdError.NO_LEADER, refusal(service(0, Map.of(), LeaderPromotion.NONE, true).promote(promote(3))));
        loop.close();
        assertEquals(EtcdError.NO_LEADER, refusal(service(2, Map.of(), LeaderPromotion.NONE, true).promote(promote(3))));
    }

    @Test
    void shouldPromoteNobodyWhenTheLeaderLeadsNoMore() {
        LeaderPromotion promotion = (_, _) -> CompletableFuture.failedFuture(EtcdError.NOT_LEADER.exception());
        assertEquals(EtcdError.NO_LEADER, refusal(service(2, Map.of(), promotion, true).promote(promote(3))));
        loop.close();
        // This member itself, which has no progress of anybody any more.
        assertEquals(EtcdError.NO_LEADER, refusal(leader(Map.of()).promote(promote(3))));
    }

    @Test
    void shouldWaitForTheLeaderOnlySoLong() {
        CompletableFuture<MemberListResponse> never = new CompletableFuture<>();
        var answer = service(2, Map.of(), (_, _) -> never, true).promote(promote(3));
        clock.advanceNs(8 * SECOND_NS);
        assertEquals(EtcdError.TIMEOUT, refusal(answer));
        assertTrue(never.isDone(), "whoever asks the leader gives up too");
    }

    @Test
    void shouldAskForAQuorumOnlyIfThatIsWanted() throws Exception {
        RaftMembershipService service = service(1, Map.of(1L, 10L), LeaderPromotion.NONE, true);
        membership.keep(membership.members().with(TWO.toBuilder().setName("").build()));
        assertEquals(EtcdError.MEMBER_NOT_ENOUGH_STARTED, refusal(service.add(add("http://h4:1"))));
        loop.close();
        RaftMembershipService lenient = service(1, Map.of(1L, 10L), LeaderPromotion.NONE, false);
        membership.keep(membership.members().with(TWO.toBuilder().setName("").build()));
        lenient.add(add("http://h4:1"));
        assertEquals(List.of("http://h4:1"), proposed().getAdd().getPeerURLsList());
    }
}
