package tenon.btree;

import tenon.api.MisuseException;

/// How a store is opened.
///
/// @param pageSizeBytes page size of a new store, a power of two from 1 KiB to 32 KiB; an existing one keeps its own
/// @param mapSegmentSizeBytes the file is mapped in pieces of this size; a power of two, at least 64 KiB
/// @param readOnly whether no write transaction is wanted; any number of processes may then share the file
/// @param prefault whether the file is read into memory when it is opened
/// @param syncMode what a power loss may take
/// @param sizeBytesMax the file does not grow beyond this
/// @param growStepBytesMax the file grows by its own size at a time, but not by more than this
public record BTreeOptions(
        int pageSizeBytes,
        long mapSegmentSizeBytes,
        boolean readOnly,
        boolean prefault,
        SyncMode syncMode,
        long sizeBytesMax,
        long growStepBytesMax) {
    private static final long MAP_SEGMENT_SIZE_BYTES_MIN = 64 << 10;

    /// 4 KiB pages, every commit durable, no limit but the disk.
    public static final BTreeOptions DEFAULT =
            new BTreeOptions(4096, 1L << 30, false, false, SyncMode.LOSE_NOTHING, Long.MAX_VALUE, 16L << 20);

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
        java.util.Objects.requireNonNull(syncMode, "syncMode");
    }

    public BTreeOptions withPageSizeBytes(int value) {
        return new BTreeOptions(
                value, mapSegmentSizeBytes, readOnly, prefault, syncMode, sizeBytesMax, growStepBytesMax);
    }

    public BTreeOptions withMapSegmentSizeBytes(long value) {
        return new BTreeOptions(
                pageSizeBytes, value, readOnly, prefault, syncMode, sizeBytesMax, growStepBytesMax);
    }

    public BTreeOptions withReadOnly(boolean value) {
        return new BTreeOptions(
                pageSizeBytes, mapSegmentSizeBytes, value, prefault, syncMode, sizeBytesMax, growStepBytesMax);
    }

    public BTreeOptions withPrefault(boolean value) {
        return new BTreeOptions(
                pageSizeBytes, mapSegmentSizeBytes, readOnly, value, syncMode, sizeBytesMax, growStepBytesMax);
    }

    public BTreeOptions withSyncMode(SyncMode value) {
        return new BTreeOptions(
                pageSizeBytes, mapSegmentSizeBytes, readOnly, prefault, value, sizeBytesMax, growStepBytesMax);
    }

    public BTreeOptions withSizeBytesMax(long value) {
        return new BTreeOptions(
                pageSizeBytes, mapSegmentSizeBytes, readOnly, prefault, syncMode, value, growStepBytesMax);
    }

    public BTreeOptions withGrowStepBytesMax(long value) {
        return new BTreeOptions(
                pageSizeBytes, mapSegmentSizeBytes, readOnly, prefault, syncMode, sizeBytesMax, value);
    }
}
