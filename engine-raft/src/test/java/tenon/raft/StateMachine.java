package tenon.raft;

import tenon.api.ConfState;
import tenon.api.Entry;

/// The smallest state machine that tells any two histories apart: a digest of all that was applied.
///
/// @param confState the configuration after the last entry
record StateMachine(long raftIndex, long term, long digest, ConfState confState) {
    static StateMachine initial(ConfState confState) {
        return new StateMachine(0, 0, 1, confState);
    }

    StateMachine apply(Entry entry, ConfState after) {
        if (entry.raftIndex() != raftIndex + 1) {
            throw new AssertionError("applied " + raftIndex + ", then " + entry);
        }
        return new StateMachine(entry.raftIndex(), entry.term(), 31 * digest + entry.hashCode(), after);
    }
}
