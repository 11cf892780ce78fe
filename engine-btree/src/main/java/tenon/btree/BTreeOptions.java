package tenon.btree;

import java.util.Objects;
import java.util.function.Consumer;
import tenon.api.MisuseException;

/// How a store is opened. Begin with [#DEFAULT] and change what matters, one `with…` after the other.
///
/// The file
/// @param pageSizeBytes page size of a new store, a power of two from 1 KiB to 32 KiB; an existing one keeps its own
/// @param sizeBytesMax the file does not grow beyond this
/// @param growStepBytesMax the file grows by a thirty-second of its size at a time, at least 64 KiB, but not by more
///     than this; it is cut when it is longer than needed by twice that
/// @param syncMode what a power loss may take
///
/// Opening it
/// @param readOnly whether no write transaction is wanted; any number of processes may then share the file
/// @param lockTimeoutNs how long opening waits for a file that somebody else has open; 0 to be refused at once
/// @param prefault whether the file is read into memory when it is opened
/// @param mapSegmentSizeBytes the file is mapped in pieces of this size; a power of two, at least 64 KiB
///
/// Batches, see [tenon.api.Store#writeBatched]
/// @param batchCountMax so many works share a commit at most
/// @param batchDelayNs how long a batch waits for more works before it asks for the writer's turn; 0 gathers those that
///     come while earlier commits are under way
public record BTreeOptions(
        int pageSizeBytes,
        long sizeBytesMax,
        long growStepBytesMax,
        SyncMode syncMode,
        boolean readOnly,
        long lockTimeoutNs,
        boolean prefault,
        long mapSegmentSizeBytes,
        int batchCountMax,
        long batchDelayNs) {
    private static final long MAP_SEGMENT_SIZE_BYTES_MIN = 64 << 10;

    /// 4 KiB pages, every commit durable, no limit but the disk, no waiting for the lock.
    public static final BTreeOptions DEFAULT = new BTreeOptions(
            4096, Long.MAX_VALUE, 16L << 20, SyncMode.LOSE_NOTHING, false, 0, false, 1L << 30, 1000, 0);

    public BTreeOptions {
        if (pageSizeBytes < PageLayout.PAGE_SIZE_MIN
                || pageSizeBytes > PageLayout.PAGE_SIZE_MAX
                || Integer.bitCount(pageSizeBytes) != 1) {
            throw new MisuseException("page size " + pageSizeBytes + " is no power of two from "
                    + PageLayout.PAGE_SIZE_MIN + " to " + PageLayout.PAGE_SIZE_MAX);
        }
        if (mapSegmentSizeBytes < MAP_SEGMENT_SIZE_BYTES_MIN || Long.bitCount(mapSegmentSizeBytes) != 1) {
            throw new MisuseException("map segment size " + mapSegmentSizeBytes + " is no power of two of at least "
                    + MAP_SEGMENT_SIZE_BYTES_MIN);
        }
        if (growStepBytesMax < pageSizeBytes) {
            throw new MisuseException("grow step " + growStepBytesMax + " is less than a page");
        }
        if (batchCountMax < 1 || batchDelayNs < 0 || lockTimeoutNs < 0) {
            throw new MisuseException("no batch of " + batchCountMax + " works after " + batchDelayNs
                    + " ns, or no lock timeout of " + lockTimeoutNs + " ns");
        }
        Objects.requireNonNull(syncMode, "syncMode");
    }

    public BTreeOptions withPageSizeBytes(int value) {
        return with(draft -> draft.pageSizeBytes = value);
    }

    public BTreeOptions withSizeBytesMax(long value) {
        return with(draft -> draft.sizeBytesMax = value);
    }

    public BTreeOptions withGrowStepBytesMax(long value) {
        return with(draft -> draft.growStepBytesMax = value);
    }

    public BTreeOptions withSyncMode(SyncMode value) {
        return with(draft -> draft.syncMode = value);
    }

    public BTreeOptions withReadOnly(boolean value) {
        return with(draft -> draft.readOnly = value);
    }

    public BTreeOptions withLockTimeoutNs(long value) {
        return with(draft -> draft.lockTimeoutNs = value);
    }

    public BTreeOptions withPrefault(boolean value) {
        return with(draft -> draft.prefault = value);
    }

    public BTreeOptions withMapSegmentSizeBytes(long value) {
        return with(draft -> draft.mapSegmentSizeBytes = value);
    }

    public BTreeOptions withBatchCountMax(int value) {
        return with(draft -> draft.batchCountMax = value);
    }

    public BTreeOptions withBatchDelayNs(long value) {
        return with(draft -> draft.batchDelayNs = value);
    }

    private BTreeOptions with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.finished();
    }

    /// Options while one of them changes: the one other place that names them all.
    private static final class Draft {
        private int pageSizeBytes;
        private long sizeBytesMax;
        private long growStepBytesMax;
        private SyncMode syncMode;
        private boolean readOnly;
        private long lockTimeoutNs;
        private boolean prefault;
        private long mapSegmentSizeBytes;
        private int batchCountMax;
        private long batchDelayNs;

        Draft(BTreeOptions options) {
            pageSizeBytes = options.pageSizeBytes;
            sizeBytesMax = options.sizeBytesMax;
            growStepBytesMax = options.growStepBytesMax;
            syncMode = options.syncMode;
            readOnly = options.readOnly;
            lockTimeoutNs = options.lockTimeoutNs;
            prefault = options.prefault;
            mapSegmentSizeBytes = options.mapSegmentSizeBytes;
            batchCountMax = options.batchCountMax;
            batchDelayNs = options.batchDelayNs;
        }

        BTreeOptions finished() {
            return new BTreeOptions(
                    pageSizeBytes,
                    sizeBytesMax,
                    growStepBytesMax,
                    syncMode,
                    readOnly,
                    lockTimeoutNs,
                    prefault,
                    mapSegmentSizeBytes,
                    batchCountMax,
                    batchDelayNs);
        }
    }
}
