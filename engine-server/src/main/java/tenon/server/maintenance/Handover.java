package tenon.server.maintenance;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tenon.api.MisuseException;
import tenon.server.error.EtcdError;
import tenon.server.error.RequestException;
import tenon.server.kv.Deadlines;
import tenon.server.replication.ReplicationLoop;
import tenon.server.replication.Successor;

/// Gives leadership to another member. Safe for use by any thread.
public final class Handover {
    private final ReplicationLoop loop;
    private final long nodeId;
    private final Deadlines deadlines;

    public Handover(ReplicationLoop loop, long nodeId, Deadlines deadlines) {
        this.loop = loop;
        this.nodeId = nodeId;
        this.deadlines = deadlines;
    }

    /// @return completes when the other is known to lead; fails with [EtcdError#NOT_LEADER],
    ///     [EtcdError#BAD_LEADER_TRANSFEREE] or [EtcdError#TIMEOUT_LEADER_TRANSFER]
    public CompletableFuture<Void> to(long otherId) {
        if (loop.view().leaderId() != nodeId) {
            return CompletableFuture.failedFuture(EtcdError.NOT_LEADER.exception());
        }
        CompletableFuture<Void> led = loop.awaitLeader(leaderId -> leaderId == otherId);
        deadlines.add(led);
        return loop.transferLeadership(otherId).thenCompose(_ -> led).exceptionally(failure -> {
            led.cancel(false);
            throw asked(failure);
        });
    }

    private static RuntimeException asked(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return switch (cause) {
            case MisuseException _ -> EtcdError.BAD_LEADER_TRANSFEREE.exception();
            case RequestException refusal when refusal.error() == EtcdError.TIMEOUT ->
                EtcdError.TIMEOUT_LEADER_TRANSFER.exception();
            default -> new CompletionException(cause);
        };
    }

    /// To whom has most of the log, if there is anybody.
    ///
    /// @return completes when somebody else leads, or at once if nobody can
    public CompletableFuture<Void> toAnother() {
        return loop.status().thenCompose(status -> {
            long successor = Successor.choose(status);
            return successor == 0
                    ? CompletableFuture.<Void>completedFuture(null)
                    : loop.transferLeadership(successor).thenCompose(_ -> loop.awaitLeader(id -> id != nodeId && id != 0));
        });
    }

    /// For a member that is about to stop: if it leads, it waits until somebody else does, for a while.
    public void beforeStopping(long timeoutMs) {
        if (loop.view().leaderId() != nodeId) {
            return;
        }
        CompletableFuture<Void> led = toAnother();
        try {
            led.get(timeoutMs, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException nobodyTookOver) {
            // The others will miss this leader, and elect another.
            led.cancel(false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
