package tenon.mvcc.keyspace;

import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import tenon.api.Bucket;
import tenon.api.ByteView;
import tenon.api.CorruptDataException;
import tenon.api.Cursor;
import tenon.api.FormatTooNewException;
import tenon.api.Platform;
import tenon.api.ReadTx;
import tenon.api.Store;
import tenon.api.WriteTx;
import tenon.api.WrongFileException;
import tenon.mvcc.AppliedIndex;
import tenon.mvcc.KeyValue;
import tenon.mvcc.MalformedRecordException;
import tenon.mvcc.MvccOptions;
import tenon.mvcc.Revision;
import tenon.mvcc.backend.FileBackend;
import tenon.mvcc.index.TreeIndex;
import tenon.mvcc.layout.MetaLayout;
import tenon.mvcc.layout.RevisionLayout;

/// Builds a key space from a file.
public final class Recovery {
    private static final byte[] KEY_BUCKET = MetaLayout.name(MetaLayout.KEY_BUCKET);
    private static final byte[] META_BUCKET = MetaLayout.name(MetaLayout.META_BUCKET);

    private final Path path;
    private final TreeIndex index = new TreeIndex();
    private AppliedIndex applied = AppliedIndex.NONE;
    private long lastRevision = 1;
    private long scheduledCompaction = -1;
    private long finishedCompaction = -1;

    private Recovery(Path path) {
        this.path = path;
    }

    /// Opens the key space in a store, which it takes over, also if it fails.
    public static KeySpace open(Platform platform, Store store, MvccOptions options) {
        Recovery recovery = new Recovery(store.path());
        try {
            maybeFormat(store);
            try (ReadTx tx = store.beginRead()) {
                recovery.read(tx);
            }
            return recovery.start(platform, store, options);
        } catch (RuntimeException | Error e) {
            try {
                store.close();
            } catch (RuntimeException | Error second) {
                e.addSuppressed(second);
            }
            throw e;
        }
    }

    /// Makes the buckets of a new file.
    private static void maybeFormat(Store store) {
        try (ReadTx tx = store.beginRead()) {
            if (!tx.bucketNames().isEmpty()) {
                return;
            }
        }
        try (WriteTx tx = store.beginWrite()) {
            tx.createBucket(KEY_BUCKET);
            tx.createBucket(META_BUCKET).put(MetaLayout.name(MetaLayout.FORMAT), MetaLayout.encodeFormat());
            tx.commit();
        }
    }

    private void read(ReadTx tx) {
        Optional<? extends Bucket> meta = tx.findBucket(META_BUCKET);
        Optional<? extends Bucket> records = tx.findBucket(KEY_BUCKET);
        if (meta.isEmpty() || records.isEmpty()) {
            throw new WrongFileException(path, "it has no buckets 'key' and 'meta', so it holds no key space");
        }
        try {
            readMeta(meta.get());
        } catch (MalformedRecordException e) {
            throw new CorruptDataException(path, 0, "bucket 'meta': " + e.getMessage());
        }
        readRecords(records.get().cursor());
    }

    private void readMeta(Bucket meta) {
        ByteView format = meta.get(MetaLayout.name(MetaLayout.FORMAT));
        if (format == null) {
            throw new MalformedRecordException("'format' is missing");
        }
        int version = MetaLayout.decodeFormat(format.toByteArray());
        if (version > MetaLayout.FORMAT_VERSION) {
            throw new FormatTooNewException(path, version, MetaLayout.FORMAT_VERSION);
        }
        ByteView consistentIndex = meta.get(MetaLayout.name(MetaLayout.CONSISTENT_INDEX));
        if (consistentIndex != null) {
            applied = MetaLayout.decodeIndex(consistentIndex.toByteArray());
        }
        scheduledCompaction = readRevision(meta, MetaLayout.SCHEDULED_COMPACTION);
        finishedCompaction = readRevision(meta, MetaLayout.FINISHED_COMPACTION);
    }

    private static long readRevision(Bucket meta, String name) {
        ByteView value = meta.get(MetaLayout.name(name));
        return value == null ? -1 : MetaLayout.decodeRevision(name, value.toByteArray());
    }

    private void readRecords(Cursor cursor) {
        while (cursor.next()) {
            byte[] key = cursor.key().toByteArray();
            try {
                restore(key, new KeyValue(cursor.value().toByteArray()));
            } catch (MalformedRecordException e) {
                String finding = "bucket 'key', record " + describe(key) + ": " + e.getMessage();
                throw new CorruptDataException(path, 0, finding);
            }
        }
    }

    private void restore(byte[] revisionKey, KeyValue record) {
        Revision revision = RevisionLayout.decode(revisionKey);
        long main = revision.main();
        int sub = (int) revision.sub();
        boolean tombstone = RevisionLayout.isTombstone(revisionKey);
        if (record.modRevision() != main || tombstone != (record.version() == 0)) {
            throw new MalformedRecordException("it says of itself to be " + record);
        }
        if (tombstone) {
            index.tombstone(record.key(), main, sub);
        } else {
            index.restore(
                    record.key(), main, sub, new KeyValue.Origin(record.createRevision(), record.version()));
        }
        lastRevision = Math.max(lastRevision, main);
    }

    private static String describe(byte[] revisionKey) {
        try {
            return RevisionLayout.decode(revisionKey).toString();
        } catch (MalformedRecordException e) {
            return HexFormat.of().formatHex(revisionKey);
        }
    }

    private KeySpace start(Platform platform, Store store, MvccOptions options) {
        Head.Position position = new Head.Position(Math.max(lastRevision, scheduledCompaction), scheduledCompaction);
        Head head = new Head(index.snapshot(), position, applied);
        FileBackend<Head> backend = FileBackend.start(platform, store, options, head, applied);
        KeySpace keySpace = new KeySpace(platform, options, backend, index);
        if (scheduledCompaction > finishedCompaction) {
            keySpace.resumeCompaction(scheduledCompaction);
        }
        return keySpace;
    }
}
