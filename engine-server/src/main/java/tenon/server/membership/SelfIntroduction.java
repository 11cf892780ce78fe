package tenon.server.membership;

import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import tenon.api.Clock;
import tenon.server.error.EtcdError;
import tenon.server.error.RequestException;
import tenon.server.kv.Proposer;
import tenon.server.membership.stored.MemberAttributes;
import tenon.server.rpc.Member;

/// Tells the cluster how this member is called and where it serves clients, through the log, and again and again until
/// it is heard. What the members know already is not told.
public final class SelfIntroduction {
    private static final System.Logger LOG = System.getLogger(SelfIntroduction.class.getName());
    private static final long RETRY_NS = 500_000_000L;

    private final MembershipStore store;
    private final Proposer proposer;
    private final Clock clock;
    private final MemberAttributes attributes;
    private final CompletableFuture<Void> heard = new CompletableFuture<>();

    private SelfIntroduction(MembershipStore store, Proposer proposer, Clock clock, MemberAttributes attributes) {
        this.store = store;
        this.proposer = proposer;
        this.clock = clock;
        this.attributes = attributes;
    }

    /// Begins.
    ///
    /// @return completes when it is applied on this member; fails when the node stops
    public static CompletableFuture<Void> begin(
            MembershipStore store, Proposer proposer, Clock clock, Member self) {
        MemberAttributes attributes = MemberAttributes.newBuilder()
                .setMemberId(self.getID())
                .setName(self.getName())
                .addAllClientUrls(self.getClientURLsList())
                .build();
        SelfIntroduction introduction = new SelfIntroduction(store, proposer, clock, attributes);
        introduction.attempt();
        return introduction.heard;
    }

    private void attempt() {
        if (isKnown()) {
            heard.complete(null);
            return;
        }
        proposer.proposeForNobody(proposal -> proposal.setMemberAttributes(attributes))
                .whenComplete((_, failure) -> onAnswer(failure));
    }

    private boolean isKnown() {
        Member known = store.members().find(attributes.getMemberId());
        List<String> clientUrls = attributes.getClientUrlsList();
        return known != null
                && known.getName().equals(attributes.getName())
                && known.getClientURLsList().equals(clientUrls);
    }

    private void onAnswer(Throwable failure) {
        if (failure == null) {
            heard.complete(null);
        } else if (failure instanceof RequestException refusal && refusal.error() != EtcdError.STOPPED) {
            LOG.log(Level.WARNING, "could not tell the members of this one yet: {0}", refusal.getMessage());
            clock.after(RETRY_NS, this::attempt);
        } else {
            heard.completeExceptionally(failure);
        }
    }
}
