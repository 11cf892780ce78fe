package tenon.btree;

/// A page in short.
///
/// @param level 0 in a leaf, one more in each level of branches above
/// @param count elements, or freelist entries
/// @param usedBytes of the page and its overflow pages, headers included
/// @param overflowCount pages that follow and belong to it
/// @param txid the commit that wrote it
/// @param finding what is wrong with a damaged page, else empty
public record PageInfo(
        long pageId,
        PageType type,
        int level,
        int count,
        long usedBytes,
        int overflowCount,
        long txid,
        String finding) {}
