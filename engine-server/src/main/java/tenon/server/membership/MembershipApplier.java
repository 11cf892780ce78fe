package tenon.server.membership;

import java.lang.System.Logger.Level;
import java.util.List;
import java.util.function.Consumer;
import tenon.api.ConfChange;
import tenon.api.ConfState;
import tenon.mvcc.AppliedIndex;
import tenon.server.apply.ConfChangeApplier;
import tenon.server.apply.ResponseHeaders;
import tenon.server.error.RequestException;
import tenon.server.kv.PendingProposals;
import tenon.server.kv.PendingProposals.Outcome;
import tenon.server.membership.stored.MemberChange;
import tenon.server.rpc.MemberListResponse;

/// Carries out committed changes of the members: each is validated again as the members are at its entry, however they
/// were when it was proposed. What is refused changes nothing, and Raft is told of a change without steps in its place.
/// For the apply thread only.
public final class MembershipApplier implements ConfChangeApplier {
    private static final System.Logger LOG = System.getLogger(MembershipApplier.class.getName());
    private static final ConfChange NO_CHANGE = new ConfChange(ConfChange.Transition.AUTO, List.of(), new byte[0]);

    private final MembershipStore store;
    private final Raft raft;
    private final PendingProposals pending;
    private final ResponseHeaders headers;
    private final Consumer<Members> onChange;

    /// The consensus core, as seen from here.
    ///
    /// @param change puts a change in force
    /// @param onApplied told when the index of a change is applied, since the next one may wait for that
    public record Raft(ConfChangeOrder change, Runnable onApplied) {}

    /// Puts a change in force and tells of the configuration behind it. Waits for whoever owns the core.
    @FunctionalInterface
    public interface ConfChangeOrder {
        ConfState apply(ConfChange change);
    }

    /// @param onChange told who the members are, on the apply thread, whenever that has changed and is applied
    public MembershipApplier(
            MembershipStore store,
            Raft raft,
            PendingProposals pending,
            ResponseHeaders headers,
            Consumer<Members> onChange) {
        this.store = store;
        this.raft = raft;
        this.pending = pending;
        this.headers = headers;
        this.onChange = onChange;
    }

    @Override
    public Runnable apply(ConfChange change, AppliedIndex at) {
        Members before = store.members();
        Members after;
        try {
            after = MemberChanges.apply(before, change);
        } catch (RequestException refusal) {
            keep(before, raft.change.apply(NO_CHANGE));
            return () -> onRefused(change, refusal);
        }
        keep(after, raft.change.apply(change));
        return () -> onApplied(change, at, before, after);
    }

    private void keep(Members members, ConfState state) {
        store.keep(members);
        store.keep(state);
    }

    private void onRefused(ConfChange change, RequestException refusal) {
        raft.onApplied.run();
        MemberChange asked = MemberChanges.find(change);
        LOG.log(Level.WARNING, "refused to {0}: {1}", MemberTexts.of(asked), refusal.getMessage());
        pending.fail(asked.getRequestId(), refusal);
    }

    private void onApplied(ConfChange change, AppliedIndex at, Members before, Members after) {
        raft.onApplied.run();
        if (!after.equals(before)) {
            LOG.log(Level.INFO, "the members are {0}", after);
            onChange.accept(after);
        }
        MemberChange asked = MemberChanges.find(change);
        if (asked != null) {
            pending.complete(
                    asked.getRequestId(),
                    Outcome.of(MemberListResponse.newBuilder()
                            .setHeader(headers.of(0, at.term()))
                            .addAllMembers(after.all())
                            .build()));
        }
    }
}
