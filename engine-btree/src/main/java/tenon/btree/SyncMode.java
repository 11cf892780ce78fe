package tenon.btree;

/// What a power loss may take. Each mode is named for that.
public enum SyncMode {
    /// Nothing: a commit is on the disk when it returns. One sync for a commit of few pages, two for others.
    LOSE_NOTHING,
    /// The commits since the last [tenon.api.Store#sync] or close, also if only the process dies. The store stays
    /// whole: what it held at that sync is not overwritten before the next one.
    LOSE_COMMITS_SINCE_SYNC,
    /// The whole store. It survives the end of the process, but not that of the machine; for data that can be made
    /// again.
    LOSE_STORE
}
