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

/// What a node finds on its disk when it starts.
///
/// @param snapshot the place before the first entry
/// @param hardState the last one stored
/// @param entries all that are stored behind the snapshot, without gaps; not copied, must not be changed
/// @param confState the configuration as of `appliedIndex`
/// @param appliedIndex how far the state machine durably got, at or behind the snapshot
public record RecoveredState(
        SnapshotMark snapshot, HardState hardState, List<Entry> entries, ConfState confState, long appliedIndex) {
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

    /// The first start of a node that is to join a cluster: it knows nobody and waits for a leader. Also the start of
    /// a founder, if the founders are the same `confState` to all and nobody who does not know them ever joins.
    public static RecoveredState empty(ConfState confState) {
        return new RecoveredState(SnapshotMark.NONE, HardState.INITIAL, List.of(), confState, 0);
    }

    /// The first start of a founder: these changes, the same at all founders, are the first entries and committed.
    /// They are to be applied like any others, so that who joins later learns of the founders from the log. Store
    /// entries and hard state before the node starts.
    public static RecoveredState founding(List<ConfChange> changes) {
        List<Entry> entries = new ArrayList<>(changes.size());
        for (ConfChange change : changes) {
            entries.add(new Entry(1, entries.size() + 1L, EntryType.CONF_CHANGE, ConfChangeCodec.encode(change)));
        }
        return new RecoveredState(
                SnapshotMark.NONE, new HardState(1, 0, entries.size()), entries, ConfState.ofVoters(Set.of()), 0);
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
