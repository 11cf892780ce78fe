package tenon.bench.btree.peers;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.lmdbjava.Cursor;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.PutFlags;
import org.lmdbjava.Txn;

/// LMDB through lmdbjava, with its fastest buffers.
final class LmdbJavaPeer implements PeerStore {
    private static final long MAP_BYTES = 256L << 30;
    private static final int KEY_BYTES_MAX = 511;
    private static final int VALUE_BYTES_MAX = 4096;
    private static final PutFlags[] NO_FLAGS = {};
    private static final PutFlags[] APPEND = {PutFlags.MDB_APPEND};

    private final Env<ByteBuffer> env;
    private final Dbi<ByteBuffer> map;
    /// The writer's; there is one at a time.
    private final ByteBuffer keyBuffer = ByteBuffer.allocateDirect(KEY_BYTES_MAX);
    private final ByteBuffer valueBuffer = ByteBuffer.allocateDirect(VALUE_BYTES_MAX);

    LmdbJavaPeer(Path directory, Sync sync) {
        // A thread may have more than one reader.
        EnvFlags[] flags = sync == Sync.EACH_COMMIT
                ? new EnvFlags[] {EnvFlags.MDB_NOTLS}
                : new EnvFlags[] {EnvFlags.MDB_NOTLS, EnvFlags.MDB_NOSYNC};
        env = Env.create().setMapSize(MAP_BYTES).setMaxDbs(1).open(directory.toFile(), flags);
        map = env.openDbi((byte[]) null, DbiFlags.MDB_CREATE);
    }

    @Override
    public Reader beginRead() {
        return new LmdbReader();
    }

    @Override
    public Writer beginWrite(boolean ascending) {
        return new LmdbWriter(env.txnWrite(), ascending ? APPEND : NO_FLAGS);
    }

    @Override
    public void sync() {
        env.sync(true);
    }

    @Override
    public void close() {
        env.close();
    }

    private static long touch(ByteBuffer value) {
        return (value.get(0) & 0xff) + (value.get(value.limit() - 1) & 0xff);
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.limit()];
        buffer.get(0, bytes);
        return bytes;
    }

    private final class LmdbReader implements Reader {
        private final Txn<ByteBuffer> tx = env.txnRead();
        private final ByteBuffer searchKey = ByteBuffer.allocateDirect(KEY_BYTES_MAX);

        @Override
        public long touch(byte[] key) {
            ByteBuffer value = map.get(tx, searchKey.clear().put(key).flip());
            if (value == null) {
                throw PeerStore.missing(key);
            }
            return LmdbJavaPeer.touch(value);
        }

        @Override
        public Walk walk(boolean descending) {
            return new LmdbWalk(map.openCursor(tx), descending);
        }

        @Override
        public void renew() {
            tx.reset();
            tx.renew();
        }

        @Override
        public void close() {
            tx.close();
        }
    }

    /// LMDB's own cursor steps from nowhere to the first or last element.
    private record LmdbWalk(Cursor<ByteBuffer> cursor, boolean descending) implements Walk {
        @Override
        public boolean next() {
            return descending ? cursor.prev() : cursor.next();
        }

        @Override
        public long touch() {
            ByteBuffer key = cursor.key();
            return (key.get(key.limit() - 1) & 0xff) + LmdbJavaPeer.touch(cursor.val());
        }

        @Override
        public byte[] key() {
            return bytes(cursor.key());
        }

        @Override
        public byte[] value() {
            return bytes(cursor.val());
        }

        @Override
        public void close() {
            cursor.close();
        }
    }

    private final class LmdbWriter implements Writer {
        private final Txn<ByteBuffer> tx;
        private final PutFlags[] flags;

        LmdbWriter(Txn<ByteBuffer> tx, PutFlags[] flags) {
            this.tx = tx;
            this.flags = flags;
        }

        @Override
        public void put(byte[] key, byte[] value) {
            map.put(tx, keyBuffer.clear().put(key).flip(), valueBuffer.clear().put(value).flip(), flags);
        }

        @Override
        public void delete(byte[] key) {
            if (!map.delete(tx, keyBuffer.clear().put(key).flip())) {
                throw PeerStore.missing(key);
            }
        }

        @Override
        public void commit() {
            tx.commit();
            tx.close();
        }
    }
}
