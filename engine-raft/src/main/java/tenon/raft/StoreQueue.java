package tenon.raft;

import java.util.ArrayDeque;
import tenon.api.MisuseException;

/// The Readies that were handed out and are not known to be stored, oldest first.
final class StoreQueue {
    private final ArrayDeque<Pending> pending = new ArrayDeque<>();

    // Invariant: numbers in the queue are lastNumber - pending.size() + 1 to lastNumber, ascending.
    private long lastNumber;

    /// What becomes true once a `Ready`, and all before it, are stored.
    static final class Pending {
        private final long term;
        private boolean snapshot;
        private long storedIndex;

        private Pending(long term, long storedIndex, boolean snapshot) {
            this.term = term;
            this.storedIndex = storedIndex;
            this.snapshot = snapshot;
        }

        /// The term of the hard state that is stored.
        long term() {
            return term;
        }

        /// Entries up to here are stored as the log now has them.
        long storedIndex() {
            return storedIndex;
        }

        /// Whether a snapshot was installed.
        boolean snapshot() {
            return snapshot;
        }
    }

    /// The number of the `Ready` that is about to be handed out.
    long add(long term, long storedIndex, boolean snapshot) {
        pending.add(new Pending(term, storedIndex, snapshot));
        return ++lastNumber;
    }

    /// Entries from an index on were replaced: what is under way to the disk there is not what the log has.
    void onTruncated(long from) {
        for (Pending each : pending) {
            each.storedIndex = Math.min(each.storedIndex, from - 1);
        }
    }

    Pending take(long number) {
        long firstNumber = lastNumber - pending.size() + 1;
        if (number > lastNumber || number < firstNumber) {
            throw new MisuseException("Ready " + number + " cannot be stored now: "
                    + (pending.isEmpty() ? "none is under way" : firstNumber + " to " + lastNumber + " are under way"));
        }
        Pending stored = pending.remove();
        for (long each = firstNumber + 1; each <= number; each++) {
            Pending next = pending.remove();
            next.storedIndex = Math.max(next.storedIndex, stored.storedIndex);
            next.snapshot |= stored.snapshot;
            stored = next;
        }
        return stored;
    }
}
