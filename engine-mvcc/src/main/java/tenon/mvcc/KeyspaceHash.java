package tenon.mvcc;

/// @param hash CRC32C over the records
/// @param revision up to which
/// @param compactedRevision from which, -1 for the beginning
/// @param currentRevision of the store when it was computed
public record KeyspaceHash(int hash, long revision, long compactedRevision, long currentRevision) {}
