package tenon.bench.btree.peers;

import java.nio.file.Path;
import jetbrains.exodus.ArrayByteIterable;
import jetbrains.exodus.ByteIterable;
import jetbrains.exodus.env.Cursor;
import jetbrains.exodus.env.Environment;
import jetbrains.exodus.env.EnvironmentConfig;
import jetbrains.exodus.env.EnvironmentImpl;
import jetbrains.exodus.env.Environments;
import jetbrains.exodus.env.Store;
import jetbrains.exodus.env.StoreConfig;
import jetbrains.exodus.env.Transaction;

/// JetBrains Xodus: a log-structured B+tree.
final class XodusPeer implements PeerStore {
    private static final long CACHE_BYTES = 256L << 20;

    private final Environment environment;
    private final Store map;

    XodusPeer(Path directory, Sync sync) {
        EnvironmentConfig config = new EnvironmentConfig()
                .setLogDurableWrite(sync == Sync.EACH_COMMIT)
                .setMemoryUsage(CACHE_BYTES)
                .setLogCacheShared(false);
        environment = Environments.newInstance(directory.toFile(), config);
        map = environment.computeInTransaction(
                tx -> environment.openStore("bench", StoreConfig.WITHOUT_DUPLICATES, tx));
    }

    @Override
    public Reader beginRead() {
        return new XodusReader();
    }

    @Override
    public Writer beginWrite(boolean ascending) {
        return new XodusWriter(environment.beginExclusiveTransaction(), ascending);
    }

    @Override
    public void sync() {
        ((EnvironmentImpl) environment).flushAndSync();
    }

    @Override
    public void close() {
        environment.close();
    }

    private static long touch(ByteIterable value) {
        byte[] bytes = value.getBytesUnsafe();
        return (bytes[0] & 0xff) + (bytes[value.getLength() - 1] & 0xff);
    }

    private static byte[] bytes(ByteIterable bytes) {
        return java.util.Arrays.copyOf(bytes.getBytesUnsafe(), bytes.getLength());
    }

    private final class XodusReader implements Reader {
        private Transaction tx = environment.beginReadonlyTransaction();

        @Override
        public long touch(byte[] key) {
            ByteIterable value = map.get(tx, new ArrayByteIterable(key));
            if (value == null) {
                throw PeerStore.missing(key);
            }
            return XodusPeer.touch(value);
        }

        @Override
        public Walk walk(boolean descending) {
            return new XodusWalk(map.openCursor(tx), descending);
        }

        @Override
        public void renew() {
            tx.abort();
            tx = environment.beginReadonlyTransaction();
        }

        @Override
        public void close() {
            tx.abort();
        }
    }

    private static final class XodusWalk implements Walk {
        private final Cursor cursor;
        private final boolean descending;
        private boolean begun;

        XodusWalk(Cursor cursor, boolean descending) {
            this.cursor = cursor;
            this.descending = descending;
        }

        @Override
        public boolean next() {
            if (!descending) {
                return cursor.getNext();
            }
            if (begun) {
                return cursor.getPrev();
            }
            begun = true;
            return cursor.getLast();
        }

        @Override
        public long touch() {
            ByteIterable key = cursor.getKey();
            return (key.getBytesUnsafe()[key.getLength() - 1] & 0xff) + XodusPeer.touch(cursor.getValue());
        }

        @Override
        public byte[] key() {
            return bytes(cursor.getKey());
        }

        @Override
        public byte[] value() {
            return bytes(cursor.getValue());
        }

        @Override
        public void close() {
            cursor.close();
        }
    }

    /// Keys and values stay in the transaction's memory: each needs an array of its own.
    private final class XodusWriter implements Writer {
        private final Transaction tx;
        private final boolean ascending;

        XodusWriter(Transaction tx, boolean ascending) {
            this.tx = tx;
            this.ascending = ascending;
        }

        @Override
        public void put(byte[] key, byte[] value) {
            ByteIterable ownKey = new ArrayByteIterable(key.clone());
            ByteIterable ownValue = new ArrayByteIterable(value.clone());
            if (ascending) {
                map.putRight(tx, ownKey, ownValue);
            } else {
                map.put(tx, ownKey, ownValue);
            }
        }

        @Override
        public void delete(byte[] key) {
            if (!map.delete(tx, new ArrayByteIterable(key))) {
                throw PeerStore.missing(key);
            }
        }

        @Override
        public void commit() {
            if (!tx.commit()) {
                throw new IllegalStateException("Xodus did not commit");
            }
        }
    }
}
