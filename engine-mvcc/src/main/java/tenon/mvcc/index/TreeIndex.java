package tenon.mvcc.index;

import tenon.mvcc.KeyValue;

/// The writer's side of the tree; see the package document. One thread at a time.
public final class TreeIndex {
    private static final byte[] BEGINNING = {};

    private final Edit edit = new Edit();
    // Invariant: nodes of this epoch are reachable from root alone, and from no snapshot.
    private long epoch = 1;
    private Node root = new Leaf(epoch);

    /// The tree as it is now. Ends the epoch.
    public IndexSnapshot snapshot() {
        epoch++;
        return new IndexSnapshot(root);
    }

    /// The tree as it is until the next change; for the writer itself.
    public IndexSnapshot present() {
        return new IndexSnapshot(root);
    }

    /// Adds a version of a key, behind all that it has.
    public KeyValue.Origin put(byte[] key, long main, int sub) {
        edit.begin(epoch, key, main, sub, false);
        apply();
        return new KeyValue.Origin(edit.createRevision, edit.version);
    }

    /// Ends a key.
    public void tombstone(byte[] key, long main, int sub) {
        edit.begin(epoch, key, main, sub, true);
        apply();
    }

    /// Adds a version as a file tells of it, whatever came before it.
    public void restore(byte[] key, long main, int sub, KeyValue.Origin origin) {
        edit.begin(epoch, key, main, sub, false);
        edit.restored = true;
        edit.createRevision = origin.createRevision();
        edit.version = origin.version();
        apply();
    }

    private void apply() {
        root = root.apply(edit);
        if (edit.right != null) {
            root = new Branch(epoch, PackedKeys.EMPTY.insert(0, edit.separator), root, edit.right);
        }
        edit.key = null;
        edit.right = null;
    }

    /// Drops what is superseded at a main revision from about so many keys.
    ///
    /// @param from where the step before this one ended; null to begin
    /// @param dropped takes the dropped revisions
    /// @return where to go on; null if all keys are done
    public byte[] compactStep(byte[] from, long atMain, int keyCount, DroppedRevisions dropped) {
        byte[] next = from == null ? BEGINNING : from;
        for (int done = 0; next != null && done < keyCount; ) {
            CompactionStep step = new CompactionStep(epoch, next, atMain, dropped);
            Node compacted = root.compact(step);
            root = compacted == null ? new Leaf(epoch) : compacted;
            while (root instanceof Branch branch && branch.collapsed() != branch) {
                root = branch.collapsed();
            }
            next = step.next;
            done += Math.max(1, step.keyCount);
        }
        return next;
    }

    /// Checks every invariant of the tree.
    ///
    /// @throws IllegalStateException if one does not hold
    public void validate() {
        root.validate(null, null);
    }
}
