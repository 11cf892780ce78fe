package tenon.server.kv;

import java.util.concurrent.CompletableFuture;
import tenon.server.apply.AppliedWaiters;
import tenon.server.replication.ReplicationLoop;

/// Makes sure that a read sees every write that was acknowledged, anywhere, before it was asked for: leadership is
/// confirmed, one confirmation for all who ask meanwhile, and what was committed then is applied.
public final class LinearizableReads {
    private final ReplicationLoop loop;
    private final AppliedWaiters applied;
    private final Deadlines deadlines;

    public LinearizableReads(ReplicationLoop loop, AppliedWaiters applied, Deadlines deadlines) {
        this.loop = loop;
        this.applied = applied;
        this.deadlines = deadlines;
    }

    /// @return completes when a read of this node's state is linearizable; fails with `RequestException`
    public CompletableFuture<Void> ready() {
        CompletableFuture<Void> ready = new CompletableFuture<>();
        deadlines.add(ready);
        loop.confirmRead().whenComplete((raftIndex, failure) -> {
            if (failure == null) {
                applied.complete(raftIndex, ready);
            } else {
                ready.completeExceptionally(failure);
            }
        });
        return ready;
    }
}
