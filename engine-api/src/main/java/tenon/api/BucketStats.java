package tenon.api;

/// The shape of a bucket, nested buckets not included.
///
/// @param keyCount elements
/// @param depth levels from the root to a leaf, 1 for a single leaf
/// @param usedBytes bytes of elements and page headers
/// @param pageBytes bytes of all pages of the bucket
public record BucketStats(
        long keyCount,
        int depth,
        long branchPageCount,
        long leafPageCount,
        long overflowPageCount,
        long usedBytes,
        long pageBytes) {}
