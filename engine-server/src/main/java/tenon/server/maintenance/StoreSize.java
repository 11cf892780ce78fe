package tenon.server.maintenance;

import java.util.function.LongSupplier;
import tenon.api.StoreStats;
import tenon.mvcc.Backend;

/// The size of the store as of its last commit, in bytes: all pages up to the high water mark, free ones included.
/// Safe for use by any thread, at no cost.
public final class StoreSize implements LongSupplier {
    private final Backend backend;
    private volatile StoreStats stats;

    public StoreSize(Backend backend) {
        this.backend = backend;
        this.stats = backend.storeStats();
    }

    @Override
    public long getAsLong() {
        StoreStats known = stats;
        return known.pageCount() * known.pageSizeBytes();
    }

    /// Of pages that hold data.
    public long inUseBytes() {
        return stats.inUseBytes();
    }

    /// The store has changed.
    public void refresh() {
        stats = backend.storeStats();
    }
}
