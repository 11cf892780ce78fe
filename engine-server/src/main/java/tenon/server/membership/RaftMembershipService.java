package tenon.server.membership;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tenon.api.Clock;
import tenon.api.RaftStatus;
import tenon.server.apply.AppliedWaiters;
import tenon.server.apply.ResponseHeaders;
import tenon.server.error.EtcdError;
import tenon.server.error.RequestException;
import tenon.server.kv.Deadlines;
import tenon.server.kv.LinearizableReads;
import tenon.server.kv.PendingProposals;
import tenon.server.kv.RequestIds;
import tenon.server.membership.stored.MemberChange;
import tenon.server.replication.ReplicationLoop;
import tenon.server.rpc.Member;
import tenon.server.rpc.MemberAddRequest;
import tenon.server.rpc.MemberAddResponse;
import tenon.server.rpc.MemberListRequest;
import tenon.server.rpc.MemberListResponse;
import tenon.server.rpc.MemberPromoteRequest;
import tenon.server.rpc.MemberPromoteResponse;
import tenon.server.rpc.MemberRemoveRequest;
import tenon.server.rpc.MemberRemoveResponse;
import tenon.server.rpc.MemberUpdateRequest;
import tenon.server.rpc.MemberUpdateResponse;

/// [MembershipService] of a node: changes go through the log, and are decided where they are applied. Here is checked
/// first what is not for the log to decide: whether there will be a quorum, and whether a learner is in sync.
public final class RaftMembershipService implements MembershipService {
    private static final long MS_PER_S = 1_000;

    private final MembershipStore store;
    private final ReplicationLoop loop;
    private final AppliedWaiters applied;
    private final LinearizableReads linearizable;
    private final PendingProposals pending;
    private final RequestIds ids;
    private final Deadlines deadlines;
    private final LeaderPromotion leader;
    private final ReconfigurationCheck check;
    private final ResponseHeaders headers;
    private final Clock clock;

    /// The ways to Raft and back.
    ///
    /// @param applied of this node
    public record Replication(
            ReplicationLoop loop,
            AppliedWaiters applied,
            LinearizableReads linearizable,
            PendingProposals pending,
            RequestIds ids,
            Deadlines deadlines) {}

    /// The other members.
    ///
    /// @param strictCheck whether a change is refused that may cost the quorum
    public record Peers(PeerActivity activity, LeaderPromotion leader, boolean strictCheck) {}

    public RaftMembershipService(
            MembershipStore store, Replication replication, Peers peers, ResponseHeaders headers, Clock clock) {
        this.store = store;
        this.loop = replication.loop;
        this.applied = replication.applied;
        this.linearizable = replication.linearizable;
        this.pending = replication.pending;
        this.ids = replication.ids;
        this.deadlines = replication.deadlines;
        this.leader = peers.leader;
        this.check = peers.strictCheck
                ? new ReconfigurationCheck(headers.identity().nodeId(), peers.activity, clock)
                : null;
        this.headers = headers;
        this.clock = clock;
    }

    @Override
    public CompletableFuture<MemberAddResponse> add(MemberAddRequest request) {
        return attempt(() -> {
            List<String> peerUrls = checkUrls(request.getPeerURLsList());
            if (check != null) {
                check.checkAdd(store.members(), request.getIsLearner());
            }
            Member added = Member.newBuilder()
                    .setID(MemberIdentity.ofAdded(peerUrls, clock.wallMs() / MS_PER_S))
                    .addAllPeerURLs(peerUrls)
                    .setIsLearner(request.getIsLearner())
                    .build();
            return change(change -> change.setAdd(added)).thenApply(members -> MemberAddResponse.newBuilder()
                    .setHeader(members.getHeader())
                    .setMember(added)
                    .addAllMembers(members.getMembersList())
                    .build());
        });
    }

    @Override
    public CompletableFuture<MemberRemoveResponse> remove(MemberRemoveRequest request) {
        return attempt(() -> {
            checkId(request.getID());
            if (check != null) {
                check.checkRemove(store.members(), request.getID());
            }
            return change(change -> change.setRemove(request.getID()))
                    .thenApply(members -> MemberRemoveResponse.newBuilder()
                            .setHeader(members.getHeader())
                            .addAllMembers(members.getMembersList())
                            .build());
        });
    }

    @Override
    public CompletableFuture<MemberUpdateResponse> update(MemberUpdateRequest request) {
        return attempt(() -> {
            checkId(request.getID());
            Member updated = Member.newBuilder()
                    .setID(request.getID())
                    .addAllPeerURLs(checkUrls(request.getPeerURLsList()))
                    .build();
            return change(change -> change.setUpdate(updated)).thenApply(members -> MemberUpdateResponse.newBuilder()
                    .setHeader(members.getHeader())
                    .addAllMembers(members.getMembersList())
                    .build());
        });
    }

    /// On the leader, or by it.
    @Override
    public CompletableFuture<MemberPromoteResponse> promote(MemberPromoteRequest request) {
        long selfId = headers.identity().nodeId();
        long leaderId = loop.view().leaderId();
        return attempt(() -> {
                    checkId(request.getID());
                    if (leaderId == 0) {
                        throw EtcdError.NO_LEADER.exception();
                    }
                    return leaderId == selfId ? promoteHere(request.getID()) : promoteAt(leaderId, request.getID());
                })
                .thenApply(members -> MemberPromoteResponse.newBuilder()
                        .setHeader(headers.of(0, loop.view().term()))
                        .addAllMembers(members.getMembersList())
                        .build())
                .exceptionally(failure -> {
                    throw withoutLeader(failure);
                });
    }

    private CompletableFuture<MemberListResponse> promoteAt(long leaderId, long memberId) {
        CompletableFuture<MemberListResponse> promoted = leader.promote(leaderId, memberId);
        deadlines.add(promoted);
        return promoted;
    }

    /// `NOT_LEADER` is said by the one that was taken for the leader, and means nothing to a client that asked another one.
    private static RuntimeException withoutLeader(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof RequestException refusal && refusal.error() == EtcdError.NOT_LEADER
                ? EtcdError.NO_LEADER.exception()
                : new CompletionException(cause);
    }

    /// Promotes a learner if this node leads and the learner is in sync with it: what [LeaderPromotion] has the leader
    /// do.
    ///
    /// @return completes with all members; fails with [RequestException], with `NOT_LEADER` if another one leads
    public CompletableFuture<MemberListResponse> promoteHere(long memberId) {
        // Raft knows of a learner that was just added as soon as that is applied.
        CompletableFuture<Void> upToDate = applied.reached(loop.view().commitIndex());
        deadlines.add(upToDate);
        return upToDate.thenCompose(_ -> loop.status()).thenCompose(status -> {
            checkInSync(status, memberId);
            if (check != null) {
                check.checkPromote(store.members());
            }
            return change(change -> change.setPromote(memberId));
        });
    }

    /// As in etcd: the learner has nine tenths of the leader's entries.
    private static void checkInSync(RaftStatus status, long memberId) {
        RaftStatus.PeerProgress self = status.progress().get(status.nodeId());
        RaftStatus.PeerProgress member = status.progress().get(memberId);
        if (self == null) {
            throw EtcdError.NOT_LEADER.exception();
        }
        if (member == null) {
            throw EtcdError.MEMBER_NOT_FOUND.exception();
        }
        if (member.matchIndex() * 10 < self.matchIndex() * 9) {
            throw EtcdError.LEARNER_NOT_READY.exception();
        }
    }

    @Override
    public boolean isSelfLearner() {
        return store.members().isLearner(headers.identity().nodeId());
    }

    @Override
    public CompletableFuture<MemberListResponse> list(MemberListRequest request) {
        CompletableFuture<Void> ready =
                request.getLinearizable() ? linearizable.ready() : CompletableFuture.completedFuture(null);
        return ready.thenApply(_ -> MemberListResponse.newBuilder()
                .setHeader(headers.of(0, loop.view().term()))
                .addAllMembers(store.members().all())
                .build());
    }

    private CompletableFuture<MemberListResponse> change(Consumer<MemberChange.Builder> operation) {
        long requestId = ids.next();
        MemberChange.Builder change = MemberChange.newBuilder().setRequestId(requestId);
        operation.accept(change);
        CompletableFuture<PendingProposals.Outcome> outcome = pending.register(requestId);
        loop.proposeConfChange(MemberChanges.encode(change.build())).exceptionally(dropped -> {
            pending.fail(requestId, refusalOf(dropped));
            return null;
        });
        return outcome.thenApply(applied -> (MemberListResponse) applied.response());
    }

    /// With one step, and an id, Raft finds nothing impossible but to be without voters.
    private static RequestException refusalOf(Throwable dropped) {
        return dropped instanceof RequestException refusal ? refusal : EtcdError.MEMBER_NOT_ENOUGH_STARTED.exception();
    }

    /// No member has the id 0.
    private static void checkId(long memberId) {
        if (memberId == 0) {
            throw EtcdError.MEMBER_NOT_FOUND.exception();
        }
    }

    private static List<String> checkUrls(List<String> peerUrls) {
        try {
            return PeerUrls.check(peerUrls);
        } catch (PeerUrls.MalformedException e) {
            throw EtcdError.MEMBER_BAD_URLS.exception();
        }
    }

    /// What is refused at once is told in the same way as what is refused later.
    private static <R> CompletableFuture<R> attempt(Supplier<CompletableFuture<R>> attempt) {
        try {
            return attempt.get();
        } catch (RequestException refusal) {
            return CompletableFuture.failedFuture(refusal);
        }
    }
}
