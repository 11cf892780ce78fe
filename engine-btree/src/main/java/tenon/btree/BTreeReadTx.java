package tenon.btree;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import tenon.api.Bucket;

/// A snapshot: the last commit at its beginning, pinned so that its pages are not reused.
final class BTreeReadTx extends BTreeTx {
    private final Snapshots snapshots;
    private ReaderTable.Slot slot;
    private final AtomicBoolean closeOnce = new AtomicBoolean();
    private final BTreeBucket root;
    private boolean verifiesAlways;

    /// Of a file that is open without a store, and so has no later commit.
    BTreeReadTx(PageFile file, Meta meta) {
        this(null, file, meta, file.readers.pin(meta.txid(), 0, 0));
    }

    /// @param snapshots null if there is nothing to be renewed to
    BTreeReadTx(Snapshots snapshots, PageFile file, Meta meta, ReaderTable.Slot slot) {
        super(file, meta);
        this.snapshots = snapshots;
        this.slot = slot;
        this.root = new BTreeBucket(this, 0, meta.rootPageId(), meta.rootTxid(), 0);
        hold(slot);
    }

    @Override
    BTreeBucket root() {
        return root;
    }

    /// Whether every page is verified each time, not only the first time after opening: a copy must not give a fresh
    /// checksum to what was damaged meanwhile.
    void setVerifiesAlways(boolean verifiesAlways) {
        this.verifiesAlways = verifiesAlways;
    }

    @Override
    void loadPage(long pageId, PageView into) {
        if (verifiesAlways) {
            file.verify(pageId, into);
        } else {
            file.load(pageId, into);
        }
    }

    @Override
    void loadRun(long pageId, int pageCount, PageView into) {
        if (verifiesAlways) {
            file.verify(pageId, into);
        }
        file.loadRun(pageId, pageCount, into);
    }

    @Override
    public long txid() {
        return meta.txid();
    }

    @Override
    public Optional<? extends Bucket> findBucket(byte[] name) {
        return root.findBucket(name);
    }

    @Override
    public long sizeBytes() {
        checkOpen();
        return meta.highWaterMark() * file.pageSizeBytes;
    }

    @Override
    public long sizeInUseBytes() {
        checkOpen();
        return (meta.highWaterMark() - meta.freePageCount()) * file.pageSizeBytes;
    }

    ReaderTable.Slot slot() {
        return slot;
    }

    @Override
    public void renew() {
        checkOpen();
        if (snapshots != null) {
            snapshots.renew(this);
        }
    }

    /// Shows another commit from now on.
    void onRenewal(PageFile newFile, Meta newMeta, ReaderTable.Slot newSlot) {
        onRenewal(newFile, newMeta);
        if (newSlot != slot) {
            slot = newSlot;
            hold(newSlot);
        }
    }

    /// Whoever closes the file ends those that it finds to hold a slot: one that it missed sees here that it is closed.
    private void hold(ReaderTable.Slot newSlot) {
        newSlot.hold(this);
        if (file.isClosed()) {
            end();
        }
    }

    @Override
    public void close() {
        if (closeOnce.compareAndSet(false, true)) {
            end();
            slot.release();
            file.maybeClose();
        }
    }
}
