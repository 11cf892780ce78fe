package tenon.bench.btree.peers;

import java.nio.file.Path;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.RootReference;
import org.h2.mvstore.type.ByteArrayDataType;

/// H2's MVStore. Commits are ours alone: its background thread is off.
final class MvStorePeer implements PeerStore {
    private static final int CACHE_MEGABYTES = 256;

    private final MVStore store;
    private final MVMap<byte[], byte[]> map;
    private final boolean synced;

    MvStorePeer(Path directory, Sync sync) {
        store = new MVStore.Builder()
                .fileName(directory.resolve("data.mv").toString())
                .cacheSize(CACHE_MEGABYTES)
                .autoCommitDisabled()
                .open();
        map = store.openMap(
                "bench",
                new MVMap.Builder<byte[], byte[]>()
                        .keyType(ByteArrayDataType.INSTANCE)
                        .valueType(ByteArrayDataType.INSTANCE));
        synced = sync == Sync.EACH_COMMIT;
    }

    @Override
    public Reader beginRead() {
        return new MvReader();
    }

    @Override
    public Writer beginWrite(boolean ascending) {
        return new MvWriter();
    }

    @Override
    public void sync() {
        store.sync();
    }

    @Override
    public void close() {
        store.close();
    }

    private static long touch(byte[] value) {
        return (value[0] & 0xff) + (value[value.length - 1] & 0xff);
    }

    private final class MvReader implements Reader {
        private RootReference<byte[], byte[]> snapshot = map.flushAndGetRoot();

        @Override
        public long touch(byte[] key) {
            byte[] value = map.get(snapshot.root, key);
            if (value == null) {
                throw PeerStore.missing(key);
            }
            return MvStorePeer.touch(value);
        }

        @Override
        public Walk walk(boolean descending) {
            return new MvWalk(map.cursor(snapshot, null, null, descending));
        }

        @Override
        public void renew() {
            snapshot = map.flushAndGetRoot();
        }

        @Override
        public void close() {
            // A snapshot is garbage.
        }
    }

    private record MvWalk(Cursor<byte[], byte[]> cursor) implements Walk {
        @Override
        public boolean next() {
            if (!cursor.hasNext()) {
                return false;
            }
            cursor.next();
            return true;
        }

        @Override
        public long touch() {
            byte[] key = cursor.getKey();
            return (key[key.length - 1] & 0xff) + MvStorePeer.touch(cursor.getValue());
        }

        @Override
        public byte[] key() {
            return cursor.getKey();
        }

        @Override
        public byte[] value() {
            return cursor.getValue();
        }

        @Override
        public void close() {
            // It holds nothing.
        }
    }

    /// Keys and values stay in the map's memory until they are written: each needs an array of its own.
    private final class MvWriter implements Writer {
        @Override
        public void put(byte[] key, byte[] value) {
            map.put(key.clone(), value.clone());
        }

        @Override
        public void delete(byte[] key) {
            if (map.remove(key) == null) {
                throw PeerStore.missing(key);
            }
        }

        @Override
        public void commit() {
            store.commit();
            if (synced) {
                store.sync();
            }
        }
    }
}
