package tenon.bench.btree.peers;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import tenon.api.Bucket;
import tenon.api.ByteView;
import tenon.api.Cursor;
import tenon.api.Platform;
import tenon.api.ReadTx;
import tenon.api.Store;
import tenon.api.WriteBucket;
import tenon.api.WriteTx;
import tenon.btree.BTreeOptions;
import tenon.btree.BTreeStore;
import tenon.btree.SyncMode;

/// Tenon's page store, through its public interface.
final class TenonPeer implements PeerStore {
    private static final byte[] BUCKET = "bench".getBytes(StandardCharsets.US_ASCII);

    private final Store store;

    TenonPeer(Path directory, Sync sync) {
        SyncMode mode = sync == Sync.EACH_COMMIT ? SyncMode.LOSE_NOTHING : SyncMode.LOSE_STORE;
        store = BTreeStore.open(
                Platform.system(), directory.resolve("data.tenon"), BTreeOptions.DEFAULT.withSyncMode(mode));
        try (ReadTx tx = store.beginRead()) {
            if (tx.findBucket(BUCKET).isPresent()) {
                return;
            }
        }
        store.write(tx -> tx.createBucket(BUCKET));
    }

    @Override
    public Reader beginRead() {
        return new TenonReader();
    }

    @Override
    public Writer beginWrite(boolean ascending) {
        WriteTx tx = store.beginWrite();
        return new TenonWriter(tx, tx.bucket(BUCKET), ascending);
    }

    @Override
    public void sync() {
        store.sync();
    }

    @Override
    public void close() {
        store.close();
    }

    private final class TenonReader implements Reader {
        private final ByteView value = new ByteView();
        private final ReadTx tx = store.beginRead();
        private final Bucket bucket = tx.bucket(BUCKET);

        @Override
        public long touch(byte[] key) {
            if (!bucket.get(key, value)) {
                throw PeerStore.missing(key);
            }
            return TenonPeer.touch(value);
        }

        @Override
        public Walk walk(boolean descending) {
            return new TenonWalk(bucket.cursor(), descending);
        }

        @Override
        public void renew() {
            tx.renew();
        }

        @Override
        public void close() {
            tx.close();
        }
    }

    private static long touch(ByteView value) {
        return (value.get(0) & 0xff) + (value.get(value.lengthBytes() - 1) & 0xff);
    }

    private static final class TenonWalk implements Walk {
        private final Cursor cursor;
        private final boolean descending;
        private boolean begun;

        TenonWalk(Cursor cursor, boolean descending) {
            this.cursor = cursor;
            this.descending = descending;
        }

        @Override
        public boolean next() {
            if (!descending) {
                return cursor.next();
            }
            if (begun) {
                return cursor.previous();
            }
            begun = true;
            return cursor.last();
        }

        @Override
        public long touch() {
            ByteView key = cursor.key();
            return (key.get(key.lengthBytes() - 1) & 0xff) + TenonPeer.touch(cursor.value());
        }

        @Override
        public byte[] key() {
            return cursor.key().toByteArray();
        }

        @Override
        public byte[] value() {
            return cursor.value().toByteArray();
        }

        @Override
        public void close() {
            // A cursor ends with its transaction.
        }
    }

    private record TenonWriter(WriteTx tx, WriteBucket bucket, boolean ascending) implements Writer {
        @Override
        public void put(byte[] key, byte[] value) {
            if (ascending) {
                bucket.append(key, value);
            } else {
                bucket.put(key, value);
            }
        }

        @Override
        public void delete(byte[] key) {
            if (!bucket.delete(key)) {
                throw PeerStore.missing(key);
            }
        }

        @Override
        public void commit() {
            tx.commit();
        }
    }
}
