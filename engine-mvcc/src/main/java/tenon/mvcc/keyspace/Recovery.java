package tenon.mvcc.keyspace;

import java.lang.System.Logger.Level;
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
import tenon.api.WriteBucket;
import tenon.api.WriteTx;
import tenon.api.WrongFileException;
import tenon.mvcc.AppliedIndex;
import tenon.mvcc.KeyValue;
import tenon.mvcc.MalformedRecordException;
import tenon.mvcc.MvccOptions;
import tenon.mvcc.Revision;
import tenon.mvcc.StateHash;
import tenon.mvcc.backend.FileBackend;
import tenon.mvcc.index.TreeIndex;
import tenon.mvcc.layout.MetaLayout;
import tenon.mvcc.layout.RevisionLayout;

/// Builds a key space from a file.
public final class Recovery {
    private static final System.Logger LOG = System.getLogger(Recovery.class.getName());
    private static final byte[] KEY_BUCKET = MetaLayout.name(MetaLayout.KEY_BUCKET);
    private static final byte[] META_BUCKET = MetaLayout.name(MetaLayout.META_BUCKET);

    private final Path path;
    private final TreeIndex index = new TreeIndex();
    private AppliedIndex applied = AppliedIndex.NONE;
    private StoredHashes hashes;
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
            if (!recovery.hashes.isKnown()) {
                recovery.convert(store);
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
            WriteBucket meta = tx.createBucket(META_BUCKET);
            writeFormat(meta, new StoredHashes(null).beginningAt(StateHash.EMPTY.sinceRevision()));
            tx.commit();
        }
    }

    private static void writeFormat(WriteBucket meta, StoredHashes.Stored hashes) {
        ChainMarks.Mark begin = hashes.begin();
        meta.put(MetaLayout.name(MetaLayout.FORMAT), MetaLayout.encodeFormat());
        meta.put(MetaLayout.name(MetaLayout.CHAIN), MetaLayout.encodeChain(hashes.chain()));
        meta.put(
                MetaLayout.name(MetaLayout.CHAIN_BEGIN),
                MetaLayout.encodeChainBegin(begin.revision(), begin.value()));
        meta.put(MetaLayout.name(MetaLayout.RECORD_SUM), MetaLayout.encodeRecordSum(hashes.recordSum()));
    }

    /// Makes a file of version 1 one of this version, whose chain begins at the state that it is in.
    private void convert(Store store) {
        StoredHashes.Stored begun = hashes.beginningAt(currentRevision());
        try (WriteTx tx = store.beginWrite()) {
            writeFormat(tx.bucket(META_BUCKET), begun);
            tx.commit();
        }
        LOG.log(
                Level.INFO,
                "{0} is of a version that kept no state hash; it is kept from revision {1} on",
                path,
                Long.toString(currentRevision()));
        hashes = new StoredHashes(begun);
    }

    private long currentRevision() {
        return Math.max(lastRevision, scheduledCompaction);
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
        hashes.check(path, currentRevision());
    }

    private void readMeta(Bucket meta) {
        int version = MetaLayout.decodeFormat(read(meta, MetaLayout.FORMAT));
        if (version > MetaLayout.FORMAT_VERSION) {
            throw new FormatTooNewException(path, version, MetaLayout.FORMAT_VERSION);
        }
        ByteView consistentIndex = meta.get(MetaLayout.name(MetaLayout.CONSISTENT_INDEX));
        if (consistentIndex != null) {
            applied = MetaLayout.decodeIndex(consistentIndex.toByteArray());
        }
        scheduledCompaction = readRevision(meta, MetaLayout.SCHEDULED_COMPACTION);
        finishedCompaction = readRevision(meta, MetaLayout.FINISHED_COMPACTION);
        hashes = new StoredHashes(version < MetaLayout.HASH_FORMAT_VERSION ? null : readHashes(meta));
    }

    private static StoredHashes.Stored readHashes(Bucket meta) {
        long[] begin = MetaLayout.decodeChainBegin(read(meta, MetaLayout.CHAIN_BEGIN));
        return new StoredHashes.Stored(
                MetaLayout.decodeChain(read(meta, MetaLayout.CHAIN)),
                new ChainMarks.Mark(begin[0], begin[1]),
                MetaLayout.decodeRecordSum(read(meta, MetaLayout.RECORD_SUM)));
    }

    private static byte[] read(Bucket meta, String name) {
        ByteView value = meta.get(MetaLayout.name(name));
        if (value == null) {
            throw new MalformedRecordException("'" + name + "' is missing");
        }
        return value.toByteArray();
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
        hashes.onRecord(main, sub, tombstone, record.encoded());
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
        StoredHashes.Stored stored = hashes.stored();
        Head.Position position = new Head.Position(currentRevision(), scheduledCompaction);
        Head head = new Head(index.snapshot(), position, applied, stored.chain());
        FileBackend<Head> backend = FileBackend.start(
                platform, store, options, head, new FileBackend.Durable(applied, stored.recordSum()));
        KeySpace keySpace = new KeySpace(platform, options, backend, index, hashes.marks());
        if (scheduledCompaction > finishedCompaction) {
            keySpace.resumeCompaction(scheduledCompaction);
        }
        return keySpace;
    }
}
