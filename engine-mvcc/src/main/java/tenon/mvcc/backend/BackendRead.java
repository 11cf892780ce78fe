package tenon.mvcc.backend;

import java.nio.file.Path;
import java.util.Optional;
import tenon.api.Bucket;
import tenon.api.ByteView;
import tenon.api.CorruptDataException;
import tenon.api.Cursor;
import tenon.api.ReadTx;
import tenon.mvcc.layout.MetaLayout;
import tenon.mvcc.layout.RevisionLayout;

/// A [BackendView] with the snapshot of the store that goes with it. One thread at a time.
public final class BackendRead<H> implements AutoCloseable {
    private static final byte[] KEY_BUCKET = MetaLayout.name(MetaLayout.KEY_BUCKET);

    private final BackendView<H> view;
    private final RecordRun active;
    private final ReadTx tx;
    private final Path path;
    private final byte[] revisionKey = new byte[RevisionLayout.LENGTH_BYTES];
    private final ByteView recordView = new ByteView();
    private Bucket keyBucket;

    /// @param active what is visible of the active batch
    BackendRead(BackendView<H> view, RecordRun active, ReadTx tx, Path path) {
        this.view = view;
        this.active = active;
        this.tx = tx;
        this.path = path;
        revisionKey[RevisionLayout.SEPARATOR_OFFSET] = RevisionLayout.SEPARATOR;
    }

    public H head() {
        return view.head();
    }

    /// The bytes of a put's record that treeIndex knows to exist.
    ///
    /// @throws CorruptDataException if the file does not have it
    public byte[] record(long main, int sub) {
        byte[] record = active.find(main, sub);
        if (record == null) {
            record = view.sealed().find(main, sub);
        }
        return record == null ? storedRecord(main, sub) : record;
    }

    private byte[] storedRecord(long main, int sub) {
        if (keyBucket == null) {
            keyBucket = tx.bucket(KEY_BUCKET);
        }
        RevisionLayout.encodeInto(revisionKey, main, sub);
        if (!keyBucket.get(revisionKey, recordView)) {
            throw new CorruptDataException(path, 0, "the record of revision " + main + "_" + sub + " is missing");
        }
        return recordView.toByteArray();
    }

    /// Shows the records from a main revision on, in ascending order.
    public void scan(long fromMain, RecordVisitor visitor) {
        Optional<? extends Bucket> bucket = tx.findBucket(KEY_BUCKET);
        long bufferedFrom = view.sealed().count() > 0 ? view.sealed().main(0) : Long.MAX_VALUE;
        bufferedFrom = active.count() > 0 ? Math.min(bufferedFrom, active.main(0)) : bufferedFrom;
        if (bucket.isPresent() && !scanStored(bucket.get().cursor(), fromMain, bufferedFrom, visitor)) {
            return;
        }
        if (scanRun(view.sealed(), fromMain, visitor)) {
            scanRun(active, fromMain, visitor);
        }
    }

    /// Shows what lies before the read buffer; the file may hold some of the buffer already.
    private static boolean scanStored(Cursor cursor, long fromMain, long toMain, RecordVisitor visitor) {
        boolean found = cursor.seek(RevisionLayout.encode(Math.max(0, fromMain), 0, false));
        while (found) {
            byte[] key = cursor.key().toByteArray();
            long main = RevisionLayout.decode(key).main();
            if (main >= toMain) {
                return true;
            }
            int sub = (int) RevisionLayout.decode(key).sub();
            if (!visitor.onRecord(main, sub, RevisionLayout.isTombstone(key), cursor.value().toByteArray())) {
                return false;
            }
            found = cursor.next();
        }
        return true;
    }

    private static boolean scanRun(RecordRun run, long fromMain, RecordVisitor visitor) {
        for (int i = run.ceiling(fromMain, 0); i < run.count(); i++) {
            if (!visitor.onRecord(run.main(i), run.sub(i), run.isTombstone(i), run.record(i))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        tx.close();
    }
}
