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
        Thread other = holder.compareAndExchange(null, Thread.currentThread());
        if (other != null) {
            throw new MisuseException("a call of " + other + " to node " + raft.id + " is under way");
        }
        return this;
    }

    @Override
    public void close() {
        assert raft.validate();
        holder.setRelease(null);
    }
}
