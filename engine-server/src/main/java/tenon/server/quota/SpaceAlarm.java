package tenon.server.quota;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/// Proposes the NOSPACE alarm of this member, and not again while that is under way. Safe for use by any thread.
public final class SpaceAlarm {
    private final AtomicReference<CompletableFuture<Void>> underWay = new AtomicReference<>();
    private final Supplier<CompletableFuture<?>> proposal;

    /// @param proposal proposes the alarm, without waiting
    public SpaceAlarm(Supplier<CompletableFuture<?>> proposal) {
        this.proposal = proposal;
    }

    /// @return completes when the alarm is raised, or could not be
    public CompletableFuture<Void> raise() {
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> other = underWay.compareAndExchange(null, mine);
        if (other != null) {
            return other;
        }
        proposal.get().whenComplete((_, _) -> {
            underWay.set(null);
            mine.complete(null);
        });
        return mine;
    }
}
