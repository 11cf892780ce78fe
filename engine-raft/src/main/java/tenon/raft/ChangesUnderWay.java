package tenon.raft;

import java.util.ArrayDeque;
import java.util.List;
import tenon.api.ConfChange;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.MisuseException;

/// The changes of the configuration that were handed out to be applied and are not in force yet, oldest first.
final class ChangesUnderWay {
    // Invariant: indexes rise, and none is applied.
    private final ArrayDeque<Entry> changes = new ArrayDeque<>();

    void onHandedOut(List<Entry> entries) {
        for (Entry entry : entries) {
            if (entry.type() == EntryType.CONF_CHANGE) {
                changes.add(entry);
            }
        }
    }

    /// The oldest one, or one without steps in its place, is about to be put in force.
    ///
    /// @throws MisuseException if this one is not next
    void checkNext(ConfChange change) {
        Entry next = changes.peek();
        if (next == null) {
            throw new MisuseException("no change of the configuration waits to be put in force, but " + change.steps());
        }
        ConfChange handedOut = ConfChangeCodec.decode(next.data());
        boolean same = change.steps().equals(handedOut.steps()) && change.transition() == handedOut.transition();
        if (!same && !change.steps().isEmpty()) {
            throw new MisuseException("the change at index " + next.raftIndex() + " is " + handedOut.transition() + " "
                    + handedOut.steps() + ", but " + change.transition() + " " + change.steps() + " came for it");
        }
    }

    void onInForce() {
        changes.remove();
    }

    /// @throws MisuseException if a change up to this index is not in force
    void checkApplied(long raftIndex) {
        Entry next = changes.peek();
        if (next != null && next.raftIndex() <= raftIndex) {
            throw new MisuseException("index " + raftIndex + " cannot be applied: the change of the configuration at "
                    + next.raftIndex() + " is not in force");
        }
    }
}
