package tenon.btree;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tenon.api.Bucket;
import tenon.api.BucketStats;
import tenon.api.ByteView;
import tenon.api.KeyRange;

/// A bucket inside a transaction: the root of a tree.
class BTreeBucket implements Bucket {
    final BTreeTx tx;
    /// Root page of the tree, 0 if it is empty.
    long rootPageId;
    /// Lower bits of the txid that the root page carries.
    int rootTxid;
    long sequence;

    /// Buckets above this one.
    final int depth;

    // Where the bucket was found, to be looked for again when the transaction is renewed; null for the root.
    private final BTreeBucket parent;
    private final byte[] name;
    private int renewalCount;

    private final PageView leaf = new PageView();
    private final PageView scratch = new PageView();

    /// @throws tenon.api.CorruptDataException if it is nested too deep
    BTreeBucket(BTreeTx tx, int depth, long rootPageId, int rootTxid, long sequence) {
        this(tx, depth, null, null);
        this.rootPageId = rootPageId;
        this.rootTxid = rootTxid;
        this.sequence = sequence;
    }

    private BTreeBucket(BTreeTx tx, int depth, BTreeBucket parent, byte[] name) {
        this.tx = tx;
        this.depth = depth;
        this.parent = parent;
        this.name = name;
        this.renewalCount = tx.renewalCount();
        if (parent != null) {
            setFound();
        }
        tx.file.checkBucketDepth(depth, rootPageId);
    }

    private void setFound() {
        rootPageId = parent.foundRoot;
        rootTxid = parent.foundRootTxid;
        sequence = parent.foundSequence;
    }

    /// For walks through all buckets, which would not end in a damaged store.
    ///
    /// @param roots of the buckets before this one; then with its own
    /// @throws tenon.api.CorruptDataException if it is the root of another bucket too
    final void checkRootIsNew(PageSet roots) {
        if (rootPageId != 0 && !roots.add(rootPageId)) {
            throw tx.file.corrupt(rootPageId, "it is the root of two buckets");
        }
    }

    final void setRoot(long pageId, long txid) {
        rootPageId = pageId;
        rootTxid = (int) txid;
    }

    /// @throws tenon.api.MisuseException if the bucket cannot be used any more
    void checkUsable() {
        tx.checkOpen();
        if (renewalCount != tx.renewalCount()) {
            follow();
        }
    }

    /// Finds the root in the commit that the transaction was renewed to.
    private void follow() {
        if (parent == null) {
            setRoot(tx.meta.rootPageId(), tx.meta.rootTxid());
        } else if (parent.findReference(name)) {
            setFound();
        } else {
            throw Bucket.missing(name);
        }
        renewalCount = tx.renewalCount();
    }

    /// Points `leaf` at the page where the key belongs.
    ///
    /// @return the index of its element, negative if there is none
    private int find(byte[] key) {
        if (rootPageId == 0) {
            return -1;
        }
        tx.loadRoot(rootPageId, rootTxid, leaf);
        while (!leaf.isLeaf()) {
            tx.loadChild(leaf, leaf.childIndex(key));
        }
        return leaf.search(key);
    }

    @Override
    public final ByteView get(byte[] key) {
        ByteView view = new ByteView();
        return get(key, view) ? view : null;
    }

    @Override
    public final boolean get(byte[] key, ByteView into) {
        checkUsable();
        try {
            int index = find(key);
            boolean found = index >= 0 && leaf.flags(index) != PageLayout.FLAG_BUCKET;
            if (found) {
                tx.loadValue(leaf, index, scratch, into);
            }
            tx.checkOpen();
            return found;
        } catch (IllegalStateException | InternalError e) {
            throw tx.onFault(e);
        }
    }

    @Override
    public BTreeCursor cursor() {
        checkUsable();
        return new BTreeCursor(this);
    }

    /// Seen through [tenon.api.Bucket] it is a plain [tenon.api.Cursor].
    @Override
    public final RangeCursor cursor(KeyRange range) {
        checkUsable();
        return new RangeCursor(this, range);
    }

    @Override
    public final List<byte[]> bucketNames() {
        List<byte[]> names = new ArrayList<>();
        BTreeCursor cursor = cursor();
        while (cursor.next()) {
            if (cursor.isBucket()) {
                names.add(cursor.key().toByteArray());
            }
        }
        return names;
    }

    @Override
    public Optional<? extends Bucket> findBucket(byte[] name) {
        return findReference(name)
                ? Optional.of(new BTreeBucket(tx, depth + 1, this, name.clone()))
                : Optional.empty();
    }

    private long foundRoot;
    private int foundRootTxid;
    private long foundSequence;

    /// Looks for a nested bucket.
    final boolean findReference(byte[] name) {
        checkUsable();
        try {
            int index = find(name);
            boolean found = index >= 0 && leaf.flags(index) == PageLayout.FLAG_BUCKET;
            if (found) {
                foundRoot = leaf.reference(index);
                foundRootTxid = leaf.referenceTxid(index);
                foundSequence = leaf.referenceSequence(index);
            }
            tx.checkOpen();
            return found;
        } catch (IllegalStateException | InternalError e) {
            throw tx.onFault(e);
        }
    }

    final long foundRoot() {
        return foundRoot;
    }

    final int foundRootTxid() {
        return foundRootTxid;
    }

    final long foundSequence() {
        return foundSequence;
    }

    @Override
    public final long sequence() {
        checkUsable();
        return sequence;
    }

    @Override
    public final BucketStats stats() {
        checkUsable();
        try {
            return BucketShape.of(this);
        } catch (IllegalStateException | InternalError e) {
            throw tx.onFault(e);
        }
    }
}
