package tenon.btree;

import java.util.List;

/// What [StoreRepair#salvage] found.
///
/// @param txid the commit whose tree was read, -1 if no root was found
/// @param pageCount pages that the file has room for
/// @param damagedPageCount pages that cannot be read and are not known to be free
/// @param bucketCount buckets in the new file
/// @param keyCount keys in the new file, those below included
/// @param orphanKeyCount keys of that commit whose branch page is gone: found by their leaf page
/// @param olderKeyCount keys in place of lost ones, from an earlier commit: they may have been changed or deleted since
/// @param lostAndFoundKeyCount keys of which the bucket is not known: in the bucket `lost+found`, by page
/// @param findings one line for each range of keys, or value, that is gone from the tree
public record SalvageReport(
        long txid,
        long pageCount,
        long damagedPageCount,
        long bucketCount,
        long keyCount,
        long orphanKeyCount,
        long olderKeyCount,
        long lostAndFoundKeyCount,
        List<String> findings) {
    public SalvageReport {
        findings = List.copyOf(findings);
    }

    /// Whether the whole commit was found.
    public boolean isComplete() {
        return txid >= 0 && findings.isEmpty();
    }
}
