package tenon.raft;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tenon.api.ConfState;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.Message;

/// What must hold in a cluster at every instant (Raft paper, figure 3), told by an observer that sees all nodes.
final class ClusterLaws {
    private final Map<Long, Long> leaderOfTerm = new HashMap<>();
    private final Map<List<Long>, Made> made = new HashMap<>();
    private final Map<Long, Applied> appliedAt = new HashMap<>();
    private final Map<Long, Long> indexOfProposal = new HashMap<>();
    private final Set<Long> dropped = new HashSet<>();
    private long committedIndex;

    /// An entry and the term of the one before it.
    private record Made(Entry entry, long previousTerm) {}

    /// An entry that some node applied, and the state of that node's state machine then.
    private record Applied(Entry entry, long digest, ConfState confState) {}

    /// The highest index that any node ever applied.
    long committedIndex() {
        return committedIndex;
    }

    static byte[] proposal(long id, int sizeBytes) {
        return ByteBuffer.allocate(Math.max(8, sizeBytes)).putLong(id).array();
    }

    private static long proposalId(Entry entry) {
        return ByteBuffer.wrap(entry.data()).getLong();
    }

    private static boolean isProposal(Entry entry) {
        return entry.type() == EntryType.NORMAL && entry.data().length > 0;
    }

    /// Election safety: at most one leader in a term.
    void onSent(Message message) {
        boolean leads = message instanceof Message.Append
                || message instanceof Message.Heartbeat
                || message instanceof Message.InstallSnapshot
                || message instanceof Message.TimeoutNow;
        if (leads) {
            Long known = leaderOfTerm.putIfAbsent(message.term(), message.from());
            check(known == null || known == message.from(), "election safety: " + known + " led before " + message);
        }
    }

    /// Log matching: entries of one index and term are equal, and so are, by induction, all before them.
    void onAppended(Entry entry, long previousTerm) {
        Made known = made.putIfAbsent(
                List.of(entry.term(), entry.raftIndex()), new Made(entry, previousTerm));
        check(
                known == null || known.equals(new Made(entry, previousTerm)),
                "log matching: " + known + " and " + entry + " behind term " + previousTerm);
    }

    /// Leader completeness: who leads has every entry that was ever applied anywhere.
    void onLeader(long nodeId, SimulatedLog log) {
        for (long index = log.firstIndex(); index <= committedIndex; index++) {
            Applied applied = appliedAt.get(index);
            check(
                    index <= log.lastIndex() && log.entry(index).equals(applied.entry()),
                    "leader completeness: leader " + nodeId + " lacks " + applied.entry() + " in " + log);
        }
    }

    /// State machine safety, and that each proposal is applied at one index only, and none that was dropped.
    void onApplied(StateMachine state, Entry entry) {
        Applied now = new Applied(entry, state.digest(), state.confState());
        Applied known = appliedAt.putIfAbsent(entry.raftIndex(), now);
        check(known == null || known.equals(now), "state machine safety: " + known + " and " + now);
        committedIndex = Math.max(committedIndex, entry.raftIndex());
        if (isProposal(entry)) {
            Long index = indexOfProposal.putIfAbsent(proposalId(entry), entry.raftIndex());
            check(index == null || index == entry.raftIndex(), "applied once: " + entry + " also at " + index);
            check(!dropped.contains(proposalId(entry)), "a dropped proposal has no effect: " + entry);
        }
    }

    void onDropped(long proposalId) {
        dropped.add(proposalId);
    }

    boolean isApplied(long proposalId) {
        return indexOfProposal.containsKey(proposalId);
    }

    static void check(boolean holds, String law) {
        if (!holds) {
            throw new AssertionError(law);
        }
    }
}
