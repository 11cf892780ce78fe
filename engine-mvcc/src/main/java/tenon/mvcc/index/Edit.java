package tenon.mvcc.index;

/// One change on its way down the tree, and what comes back up. Owned by the [TreeIndex]; used again for each change.
final class Edit {
    long epoch;
    byte[] key;
    long main;
    int sub;
    boolean tombstone;
    /// Whether the origin below was read from a file; if not, the leaf finds it.
    boolean restored;
    /// The generation after this change; 0 if the change ends it.
    long createRevision;
    long version;

    /// Set by a node that has split: its new right neighbour, and what is not greater than any key there.
    Node right;
    byte[] separator;

    void begin(long epoch, byte[] key, long main, int sub, boolean tombstone) {
        this.epoch = epoch;
        this.key = key;
        this.main = main;
        this.sub = sub;
        this.tombstone = tombstone;
        restored = false;
        createRevision = 0;
        version = 0;
        right = null;
        separator = null;
    }

    /// The origin of a change that follows this history.
    void follow(long[] history) {
        if (restored || tombstone) {
            return;
        }
        long present = history == null ? 0 : History.lastVersion(history);
        version = present + 1;
        createRevision = present == 0 ? main : History.createRevision(history);
    }
}
