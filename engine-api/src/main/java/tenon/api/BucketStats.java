package tenon.api;

/// The shape of a bucket, without those nested in it; or of all buckets together, see [ReadTx#stats].
///
/// @param keyCount elements, nested buckets counted as one each
/// @param bucketCount how many of the elements are nested buckets
/// @param depth levels from the root to a leaf, 1 for a single leaf; of several buckets the greatest
/// @param usedBytes bytes of elements and page headers
/// @param pageBytes bytes of all pages
public record BucketStats(
        long keyCount,
        long bucketCount,
        int depth,
        long branchPageCount,
        long leafPageCount,
        long overflowPageCount,
        long usedBytes,
        long pageBytes) {
    /// How full the pages are, from 0 to 1; 1 if there are none.
    public double fill() {
        return pageBytes == 0 ? 1 : (double) usedBytes / pageBytes;
    }
}
