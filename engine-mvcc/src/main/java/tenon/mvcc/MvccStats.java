package tenon.mvcc;

/// The state of a [MvccStore].
///
/// @param keyCount keys that exist at the current revision
/// @param indexBytes estimated heap of the treeIndex
/// @param pendingChangeCount changes that are not committed yet
/// @param backendCommitCount commits since the store was opened
public record MvccStats(long keyCount, long indexBytes, long pendingChangeCount, long backendCommitCount) {}
