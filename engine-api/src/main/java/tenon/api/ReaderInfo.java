package tenon.api;

/// An open read transaction, from the operator's side.
///
/// @param txid the commit that it sees
/// @param ageNs how long it has been on that commit
/// @param retainedPageCount pages that were freed since and cannot be reused before it ends; for one that began before a
///     defragmentation by copy, all pages of the file from then
public record ReaderInfo(long txid, long ageNs, long retainedPageCount) {}
