package tenon.btree;

import java.util.ArrayList;
import java.util.List;
import tenon.api.Clock;
import tenon.api.ReaderInfo;

/// The newest commit that readers may see, and who reads it or an older one. Readers take no lock; the writer is the one
/// that publishes.
final class Snapshots {
    private final BTreeStore store;
    private final Clock clock;
    private volatile Snapshot current;
    /// Files before the present one that may still have readers.
    private volatile List<PageFile> retired = List.of();

    /// A commit in a file.
    ///
    /// @param freedPageCount pages that this commit and those before it freed since the file was opened
    record Snapshot(PageFile file, Meta meta, long freedPageCount) {
        ReaderTable.Slot pin(long nowNs) {
            return file.readers.pin(meta.txid(), nowNs, freedPageCount);
        }
    }

    Snapshots(BTreeStore store, Clock clock, PageFile file, Meta meta) {
        this.store = store;
        this.clock = clock;
        this.current = new Snapshot(file, meta, 0);
    }

    PageFile file() {
        return current.file();
    }

    Meta meta() {
        return current.meta();
    }

    /// Shows a commit to readers that begin from now on.
    ///
    /// @param freedPageCount pages that it freed
    void publish(Meta meta, long freedPageCount) {
        current = new Snapshot(current.file(), meta, current.freedPageCount() + freedPageCount);
    }

    /// Shows a commit in another file to readers that begin from now on. The file before is closed when its last reader
    /// ends.
    void publish(PageFile file, Meta meta) {
        PageFile before = current.file();
        List<PageFile> files = new ArrayList<>(retired);
        files.add(before);
        files.removeIf(PageFile::isClosed);
        retired = List.copyOf(files);
        current = new Snapshot(file, meta, 0);
    }

    BTreeReadTx pin() {
        long nowNs = clock.monotonicNs();
        while (true) {
            store.checkNotClosed();
            Snapshot snapshot = current;
            ReaderTable.Slot slot = snapshot.pin(nowNs);
            // The writer looks for readers after it made a commit current: one that it missed sees that commit here.
            if (current == snapshot) {
                return new BTreeReadTx(this, snapshot.file(), snapshot.meta(), slot);
            }
            slot.release();
            snapshot.file().maybeClose();
        }
    }

    /// Moves a reader to the newest commit. Without one since, it costs a look at a field.
    void renew(BTreeReadTx tx) {
        while (current.meta() != tx.meta) {
            store.checkNotClosed();
            Snapshot snapshot = current;
            PageFile before = tx.file;
            long nowNs = clock.monotonicNs();
            ReaderTable.Slot slot = tx.slot();
            if (snapshot.file() == before) {
                slot.move(snapshot.meta().txid(), nowNs, snapshot.freedPageCount());
            } else {
                slot.release();
                slot = snapshot.pin(nowNs);
            }
            tx.onRenewal(snapshot.file(), snapshot.meta(), slot);
            before.maybeClose();
            if (current == snapshot) {
                return;
            }
        }
    }

    /// All readers, those on the oldest commit first.
    ///
    /// @param own a reader to leave out, or null
    List<ReaderInfo> readers(ReaderTable.Slot own) {
        long nowNs = clock.monotonicNs();
        Snapshot snapshot = current;
        List<ReaderInfo> readers = new ArrayList<>();
        for (PageFile file : retired) {
            if (file != snapshot.file() && !file.isClosed()) {
                for (ReaderInfo reader : file.readers.readers(nowNs, 0, own)) {
                    readers.add(new ReaderInfo(reader.txid(), reader.ageNs(), file.highWaterMark()));
                }
            }
        }
        readers.addAll(snapshot.file().readers.readers(nowNs, snapshot.freedPageCount(), own));
        return readers;
    }
}
