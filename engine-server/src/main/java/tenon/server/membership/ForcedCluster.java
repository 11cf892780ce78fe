package tenon.server.membership;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import tenon.api.ConfChange;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.HardState;
import tenon.api.Log;
import tenon.raft.ConfChangeCodec;
import tenon.raft.RecoveredState;
import tenon.server.membership.stored.MemberChange;
import tenon.server.rpc.Member;

/// `--force-new-cluster`: makes a member the only one, on its own authority, when the others are gone for good. What it
/// knows to be committed stays; entries behind that are dropped, and changes that remove the others take their place,
/// committed by decree.
public final class ForcedCluster {
    private static final System.Logger LOG = System.getLogger(ForcedCluster.class.getName());

    private ForcedCluster() {}

    /// Changes log and state of a node that is not started yet.
    ///
    /// @param recorded the members as of the applied index of the state
    /// @throws BootstrapException if this node has no part in the cluster any more
    public static RecoveredState found(RecoveredState state, Members recorded, long selfId, Log log) {
        long firstIndex = state.snapshot().raftIndex() + 1;
        List<Entry> entries = new ArrayList<>(
                state.entries().subList(0, (int) (state.hardState().commitIndex() + 1 - firstIndex)));
        Members members = recorded;
        for (Entry entry : entries) {
            if (entry.raftIndex() > state.appliedIndex() && entry.type() == EntryType.CONF_CHANGE) {
                members = MemberChanges.applyOrKeep(members, ConfChangeCodec.decode(entry.data()));
            }
        }
        List<ConfChange> changes = changes(members, selfId);
        if (changes.isEmpty()) {
            return state;
        }
        LOG.log(Level.WARNING, "of the members {0} only this one, {1}, is kept", members, Long.toHexString(selfId));
        long term = state.hardState().term();
        List<Entry> decreed = new ArrayList<>();
        for (ConfChange change : changes) {
            long raftIndex = firstIndex + entries.size() + decreed.size();
            decreed.add(new Entry(term, raftIndex, EntryType.CONF_CHANGE, ConfChangeCodec.encode(change)));
        }
        HardState hardState = new HardState(
                term, state.hardState().votedFor(), decreed.getLast().raftIndex());
        log.append(hardState, decreed);
        log.sync();
        entries.addAll(decreed);
        return new RecoveredState(state.snapshot(), hardState, entries, state.confState(), state.appliedIndex());
    }

    /// A learner votes before the others go, so that there is always somebody who does.
    private static List<ConfChange> changes(Members members, long selfId) {
        if (members.find(selfId) == null) {
            throw new BootstrapException("this member, " + Long.toHexString(selfId)
                    + ", was removed from its cluster: it cannot found a new one with --force-new-cluster");
        }
        List<ConfChange> changes = new ArrayList<>();
        if (members.isLearner(selfId)) {
            changes.add(MemberChanges.encode(
                    MemberChange.newBuilder().setPromote(selfId).build()));
        }
        for (Member member : members.all()) {
            if (member.getID() != selfId) {
                changes.add(MemberChanges.encode(
                        MemberChange.newBuilder().setRemove(member.getID()).build()));
            }
        }
        return changes;
    }
}
