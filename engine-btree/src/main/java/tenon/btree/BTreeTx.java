package tenon.btree;

import java.util.List;
import tenon.api.BucketStats;
import tenon.api.ByteView;
import tenon.api.ReadTx;

/// What read and write transactions share: a commit to look at, and the guard of all views and cursors.
abstract class BTreeTx extends ByteView.Guard implements ReadTx {
    // A read transaction that is renewed gets others.
    PageFile file;
    Meta meta;
    /// Rises with each renewal: a bucket found before it has to be looked for again.
    private int renewalCount;
    private long touched;

    BTreeTx(PageFile file, Meta meta) {
        this.file = file;
        this.meta = meta;
    }

    abstract BTreeBucket root();

    /// Points the view at a page of the tree.
    abstract void loadPage(long pageId, PageView into);

    /// Points the view at an overflow page and those that follow it.
    abstract void loadRun(long pageId, int pageCount, PageView into);

    final int renewalCount() {
        return renewalCount;
    }

    final void onRenewal(PageFile newFile, Meta newMeta) {
        file = newFile;
        meta = newMeta;
        renewalCount++;
        onChange();
    }

    /// Ends the transaction for all who use it. Any thread may do that.
    final void end() {
        markEnded();
    }

    final void checkOpen() {
        if (isEnded()) {
            throw endedError();
        }
    }

    @Override
    protected RuntimeException onFault(Throwable fault) {
        return isEnded() ? endedError() : file.faultOf(fault);
    }

    /// Points the view at the root of a tree.
    ///
    /// @param txid the lower bits of the one that the page must carry
    final void loadRoot(long pageId, int txid, PageView into) {
        loadPage(pageId, into);
        int type = into.type();
        if (type != PageLayout.TYPE_LEAF && type != PageLayout.TYPE_BRANCH || (int) into.txid() != txid) {
            throw misplaced(into, "the root of a tree");
        }
    }

    /// A page is not what the reference to it says: written elsewhere, or not written at all.
    private RuntimeException misplaced(PageView page, String place) {
        return file.corrupt(
                page.pageId,
                "it is of type " + page.type() + ", level " + page.level() + " and txid " + page.txid()
                        + ", which is not " + place + " that refers to it");
    }

    /// Points the view, which is at a branch page, at one of its children.
    final void loadChild(PageView view, int index) {
        int level = view.level() - 1;
        int txid = view.childTxid(index);
        loadPage(view.child(index), view);
        touched = view.touchSlots();
        int expected = PageView.typeAndLevel(level == 0 ? PageLayout.TYPE_LEAF : PageLayout.TYPE_BRANCH, level);
        if (view.typeAndLevel() != expected || (int) view.txid() != txid) {
            throw misplaced(view, "the child of the page");
        }
    }

    /// Points the view at the value of an element of a leaf page.
    final void loadValue(PageView leaf, int index, PageView scratch, ByteView into) {
        long slot = leaf.slot(index);
        int flags = PageView.flags(slot);
        if (flags == 0) {
            into.set(leaf.segment, leaf.valuePosition(slot), leaf.storedValueLength(slot), this, stamp());
        } else if (flags == PageLayout.FLAG_BUCKET) {
            into.set(leaf.segment, leaf.base, 0, this, stamp());
        } else {
            long pageId = leaf.reference(index);
            int length = leaf.referenceLength(index);
            int txid = leaf.referenceTxid(index);
            loadRun(pageId, PageLayout.overflowPageCount(file.pageSizeBytes, length), scratch);
            if (scratch.type() != PageLayout.TYPE_OVERFLOW
                    || scratch.overflowValueLength() != length
                    || (int) scratch.txid() != txid) {
                throw misplaced(scratch, "the value of " + length + " bytes of the page");
            }
            into.set(scratch.segment, scratch.base + PageLayout.HEADER_BYTES, length, this, stamp());
        }
    }

    @Override
    public final BucketStats stats() {
        checkOpen();
        try {
            return BucketShape.ofAll(root());
        } catch (IllegalStateException | InternalError e) {
            throw onFault(e);
        }
    }

    @Override
    public List<byte[]> bucketNames() {
        return root().bucketNames();
    }
}
