package tenon.raft;

import java.util.ArrayDeque;
import tenon.api.MisuseException;

/// The Readies that were handed out and are not known to be stored, oldest first.
final class StoreQueue {
    private final ArrayDeque<Pending> pending = new ArrayDeque<>();

    // Invariant: numbers in the queue are lastNumber - pending.size() + 1 to lastNumber, ascending.
    private long lastNumber;

    /// What becomes true once a `Ready` is stored.
    private static final class Pending {
        final long term;
        final boolean snapshot;

        /// Entries up to here are then stored as the log now has them.
        long storedIndex;

        Pending(long term, long storedIndex, boolean snapshot) {
            this.term = term;
            this.storedIndex = storedIndex;
            this.snapshot = snapshot;
        }
    }

    /// What is known to be stored, after some Readies were.
    ///
    /// @param term the hard state's term
    /// @param storedIndex up to where the log is
    /// @param snapshot whether a snapshot was installed
    record Stored(long term, long storedIndex, boolean snapshot) {}

    /// The number of the `Ready` that is about to be handed out.
    long add(long term, long storedIndex, boolean snapshot) {
        pending.add(new Pending(term, storedIndex, snapshot));
        return ++lastNumber;
    }

    long nextNumber() {
        return lastNumber + 1;
    }

    /// Entries from an index on were replaced: what is under way to the disk there is not what the log has.
    void onTruncated(long from) {
        for (Pending each : pending) {
            each.storedIndex = Math.min(each.storedIndex, from - 1);
        }
    }

    Stored take(long number) {
        long firstNumber = lastNumber - pending.size() + 1;
        if (number > lastNumber || number < firstNumber) {
            throw new MisuseException("Ready " + number + " cannot be stored now: "
                    + (pending.isEmpty() ? "none is under way" : firstNumber + " to " + lastNumber + " are under way"));
        }
        long term = 0;
        long storedIndex = 0;
        boolean snapshot = false;
        for (long each = firstNumber; each <= number; each++) {
            Pending stored = pending.remove();
            term = stored.term;
            storedIndex = Math.max(storedIndex, stored.storedIndex);
            snapshot |= stored.snapshot;
        }
        return new Stored(term, storedIndex, snapshot);
    }
}
