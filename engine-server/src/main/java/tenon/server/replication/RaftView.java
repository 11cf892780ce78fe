package tenon.server.replication;

import java.util.List;
import tenon.api.Entry;
import tenon.api.HardState;
import tenon.api.RaftRole;
import tenon.api.RaftStatus;
import tenon.api.Ready;
import tenon.api.SoftState;

/// What others may know of Raft's state, at one moment.
///
/// @param leaderId 0 if there is none
/// @param lastIndex of the log, stored or not
public record RaftView(long term, long commitIndex, long leaderId, RaftRole role, long lastIndex) {
    static RaftView of(RaftStatus status) {
        return new RaftView(
                status.hardState().term(),
                status.hardState().commitIndex(),
                status.leaderId(),
                status.role(),
                status.lastIndex());
    }

    RaftView after(Ready ready) {
        HardState hard = ready.hardState();
        SoftState soft = ready.softState();
        List<Entry> entries = ready.entriesToStore();
        if (hard == null && soft == null && entries.isEmpty()) {
            return this;
        }
        return new RaftView(
                hard == null ? term : hard.term(),
                hard == null ? commitIndex : hard.commitIndex(),
                soft == null ? leaderId : soft.leaderId(),
                soft == null ? role : soft.role(),
                entries.isEmpty() ? lastIndex : entries.getLast().raftIndex());
    }

    public boolean hasLeader() {
        return leaderId != 0;
    }
}
