package tenon.raft;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import tenon.api.ConfChange;
import tenon.api.ConfState;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.HardState;
import tenon.api.MisuseException;
import tenon.api.SnapshotMark;

/// What a node finds on its disk when it starts. Where it finds nothing, it is told what it is: a founder of a new
/// cluster ([#founding]) or somebody who joins one that exists ([#joining]).
///
/// @param snapshot the place before the first entry
/// @param hardState the last one stored
/// @param entries all that are stored behind the snapshot, without gaps; not copied, must not be changed
/// @param confState the configuration as of `appliedIndex`; nobody if that is 0
/// @param appliedIndex how far the state machine durably got, at or behind the snapshot
public record RecoveredState(
        SnapshotMark snapshot, HardState hardState, List<Entry> entries, ConfState confState, long appliedIndex) {
    private static final ConfState NOBODY = ConfState.ofVoters(Set.of());

    public RecoveredState {
        Objects.requireNonNull(snapshot, "snapshot");
        Objects.requireNonNull(hardState, "hardState");
        Objects.requireNonNull(confState, "confState");
        long lastIndex = snapshot.raftIndex() + entries.size();
        if (appliedIndex < snapshot.raftIndex() || appliedIndex > lastIndex) {
            throw new MisuseException("applied index " + appliedIndex + " is outside of the log, which holds "
                    + snapshot.raftIndex() + " to " + lastIndex + "; log and state machine are not of one node");
        }
        if (hardState.commitIndex() > lastIndex) {
            throw new MisuseException("commit index " + hardState.commitIndex() + " is behind the end of the log, "
                    + lastIndex + "; stored entries are missing");
        }
        checkEntries(snapshot, hardState, entries);
    }

    /// The first start of a node that is to join a cluster: it knows nobody, founds nothing, and waits for a leader.
    public static RecoveredState joining() {
        return empty(NOBODY);
    }

    static RecoveredState empty(ConfState confState) {
        return new RecoveredState(SnapshotMark.NONE, HardState.INITIAL, List.of(), confState, 0);
    }

    /// The first start of a founder: one change that makes these the voters is the first entry.
    ///
    /// @param voters the same at all founders
    /// @see #founding(List)
    public static RecoveredState founding(Set<Long> voters) {
        List<ConfChange.Step> steps = voters.stream()
                .sorted()
                .map(voter -> new ConfChange.Step(ConfChange.StepType.ADD_VOTER, voter))
                .toList();
        return founding(List.of(new ConfChange(ConfChange.Transition.AUTO, steps, new byte[0])));
    }

    /// The first start of a founder: these changes, the same at all founders, are the first entries and committed.
    /// They are to be applied like any others, so that who joins later learns of the founders from the log. Store
    /// entries and hard state before the node starts.
    ///
    /// @throws MisuseException if the changes do not lead from nobody to a configuration with a voter
    public static RecoveredState founding(List<ConfChange> changes) {
        Configuration founded = new Configuration(NOBODY);
        List<Entry> entries = new ArrayList<>(changes.size());
        for (ConfChange change : changes) {
            founded = founded.apply(change);
            entries.add(new Entry(1, entries.size() + 1L, EntryType.CONF_CHANGE, ConfChangeCodec.encode(change)));
        }
        if (founded.state().voters().isEmpty()) {
            throw new MisuseException("a cluster is founded by at least one voter");
        }
        return new RecoveredState(SnapshotMark.NONE, new HardState(1, 0, entries.size()), entries, NOBODY, 0);
    }

    /// Up to where the log is surely committed. A leader makes a change of the configuration only when it has applied
    /// the one before. So of the changes in a log all but the last are committed, also where a crash kept the entries
    /// and tore off the hard state that said so; and a node is never more than one change behind who votes.
    long committedIndex() {
        long known = Math.max(hardState.commitIndex(), appliedIndex);
        int changeCount = 0;
        for (Entry entry : entries.reversed()) {
            if (entry.raftIndex() <= known) {
                return known;
            }
            if (entry.type() == EntryType.CONF_CHANGE && ++changeCount == 2) {
                return entry.raftIndex();
            }
        }
        return known;
    }

    /// The entries that are applied already.
    public List<Entry> appliedEntries() {
        long count = Math.max(0, appliedIndex - snapshot.raftIndex());
        return entries.subList(0, (int) Math.min(count, entries.size()));
    }

    /// Whether nothing was ever stored: such a node has to be told whether it founds or joins.
    public boolean isBlank() {
        return snapshot.raftIndex() == 0 && entries.isEmpty() && hardState.equals(HardState.INITIAL);
    }

    /// @throws MisuseException if the configuration came neither from an entry nor with a snapshot: who joined later
    ///     would get all entries, and still not know of the founders
    void checkFounded() {
        if (appliedIndex > 0) {
            return;
        }
        if (!confState.equals(NOBODY)) {
            throw new MisuseException("nothing is applied, so there is no configuration yet, but " + confState
                    + " was recovered; a cluster begins with RecoveredState.founding");
        }
        if (!entries.isEmpty() && entries.getFirst().type() != EntryType.CONF_CHANGE) {
            throw new MisuseException("the log begins with " + entries.getFirst() + ", which founds no cluster");
        }
    }

    private static void checkEntries(SnapshotMark snapshot, HardState hardState, List<Entry> entries) {
        long index = snapshot.raftIndex();
        long term = snapshot.term();
        for (Entry entry : entries) {
            index++;
            if (entry.raftIndex() != index || entry.term() < term) {
                throw new MisuseException("recovered entry " + entry + " stands where index " + index
                        + " and a term of at least " + term + " is expected");
            }
            term = entry.term();
        }
        if (hardState.term() < term) {
            throw new MisuseException("recovered term " + hardState.term() + " is before that of the last entry, " + term);
        }
    }
}
