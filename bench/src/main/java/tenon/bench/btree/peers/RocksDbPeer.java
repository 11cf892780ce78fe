package tenon.bench.btree.peers;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.CompressionType;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Snapshot;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/// RocksDB through its JNI library: a log-structured merge tree. Not compressed, as the others are not.
final class RocksDbPeer implements PeerStore {
    private static final long CACHE_BYTES = 256L << 20;
    private static final int KEY_BYTES_MAX = 64;
    private static final int VALUE_BYTES_MAX = 4096;

    private final LRUCache cache;
    private final Options options;
    private final WriteOptions writeOptions;
    private final RocksDB db;

    RocksDbPeer(Path directory, Sync sync) {
        RocksDB.loadLibrary();
        cache = new LRUCache(CACHE_BYTES);
        options = new Options()
                .setCreateIfMissing(true)
                .setCompressionType(CompressionType.NO_COMPRESSION)
                .setTableFormatConfig(new BlockBasedTableConfig().setBlockCache(cache));
        writeOptions = new WriteOptions().setSync(sync == Sync.EACH_COMMIT);
        try {
            db = RocksDB.open(options, directory.toString());
        } catch (RocksDBException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Reader beginRead() {
        return new RocksReader();
    }

    @Override
    public Writer beginWrite(boolean ascending) {
        return new RocksWriter();
    }

    @Override
    public void sync() {
        try {
            db.syncWal();
        } catch (RocksDBException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        db.close();
        writeOptions.close();
        options.close();
        cache.close();
    }

    private final class RocksReader implements Reader {
        private final ReadOptions readOptions = new ReadOptions();
        private final ByteBuffer searchKey = ByteBuffer.allocateDirect(KEY_BYTES_MAX);
        private final ByteBuffer value = ByteBuffer.allocateDirect(VALUE_BYTES_MAX);
        private Snapshot snapshot;

        RocksReader() {
            begin();
        }

        private void begin() {
            snapshot = db.getSnapshot();
            readOptions.setSnapshot(snapshot);
        }

        @Override
        public long touch(byte[] key) {
            try {
                int lengthBytes = db.get(readOptions, searchKey.clear().put(key).flip(), value.clear());
                if (lengthBytes == RocksDB.NOT_FOUND) {
                    throw PeerStore.missing(key);
                }
                return (value.get(0) & 0xff) + (value.get(lengthBytes - 1) & 0xff);
            } catch (RocksDBException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public Walk walk(boolean descending) {
            return new RocksWalk(db.newIterator(readOptions), descending);
        }

        @Override
        public void renew() {
            db.releaseSnapshot(snapshot);
            begin();
        }

        @Override
        public void close() {
            db.releaseSnapshot(snapshot);
            readOptions.close();
        }
    }

    private static final class RocksWalk implements Walk {
        private final RocksIterator iterator;
        private final boolean descending;
        private final ByteBuffer key = ByteBuffer.allocateDirect(KEY_BYTES_MAX);
        private final ByteBuffer value = ByteBuffer.allocateDirect(VALUE_BYTES_MAX);
        private boolean begun;

        RocksWalk(RocksIterator iterator, boolean descending) {
            this.iterator = iterator;
            this.descending = descending;
        }

        @Override
        public boolean next() {
            if (!begun) {
                begun = true;
                if (descending) {
                    iterator.seekToLast();
                } else {
                    iterator.seekToFirst();
                }
            } else if (descending) {
                iterator.prev();
            } else {
                iterator.next();
            }
            return iterator.isValid();
        }

        @Override
        public long touch() {
            int keyBytes = iterator.key(key.clear());
            int valueBytes = iterator.value(value.clear());
            return (key.get(keyBytes - 1) & 0xff) + (value.get(0) & 0xff) + (value.get(valueBytes - 1) & 0xff);
        }

        @Override
        public byte[] key() {
            return iterator.key();
        }

        @Override
        public byte[] value() {
            return iterator.value();
        }

        @Override
        public void close() {
            iterator.close();
        }
    }

    /// It cannot tell whether a key that it deletes was there.
    private final class RocksWriter implements Writer {
        private final WriteBatch batch = new WriteBatch();

        @Override
        public void put(byte[] key, byte[] value) {
            try {
                batch.put(key, value);
            } catch (RocksDBException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void delete(byte[] key) {
            try {
                batch.delete(key);
            } catch (RocksDBException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void commit() {
            try (batch) {
                db.write(writeOptions, batch);
            } catch (RocksDBException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
