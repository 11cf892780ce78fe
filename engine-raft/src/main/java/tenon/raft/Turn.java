package tenon.raft;

import java.util.concurrent.atomic.AtomicReference;
import tenon.api.MisuseException;

/// Lets one caller into a node at a time, and looks after the node's invariants when that one leaves.
final class Turn implements AutoCloseable {
    private final Raft raft;

    /// Whose turn it is, null if nobody's.
    private final AtomicReference<Thread> holder = new AtomicReference<>();

    Turn(Raft raft) {
        this.raft = raft;
    }

    /// @throws MisuseException if a call is under way, in another thread or further up in this one
    Turn begin() {
        checkNobodys(holder.compareAndExchange(null, Thread.currentThread()));
        return this;
    }

    /// For a call that changes nothing: cheaper than a turn of its own.
    ///
    /// @throws MisuseException if a call is under way
    void checkFree() {
        checkNobodys(holder.get());
    }

    private void checkNobodys(Thread other) {
        if (other != null) {
            throw new MisuseException("a call of " + other + " to node " + raft.id + " is under way");
        }
    }

    @Override
    public void close() {
        assert raft.validate();
        holder.setRelease(null);
    }
}
