package tenon.bench.btree.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.Map;
import org.mapdb.BTreeMap;
import org.mapdb.DB;
import org.mapdb.DBMaker;
import org.mapdb.Serializer;

/// MapDB's BTreeMap in a mapped file. It has no snapshots, and its transactions write all twice; without them, a crash
/// may take the whole file, which is what [PeerStore.Sync#AT_END] allows.
final class MapDbPeer implements PeerStore {
    private final Path file;
    private final DB db;
    private final BTreeMap<byte[], byte[]> map;

    MapDbPeer(Path directory, Sync sync) {
        file = directory.resolve("data.mapdb");
        DBMaker.Maker maker = DBMaker.fileDB(file.toFile()).fileMmapEnable();
        db = (sync == Sync.EACH_COMMIT ? maker.transactionEnable() : maker.fileSyncDisable()).make();
        map = db.treeMap("bench")
                .keySerializer(Serializer.BYTE_ARRAY)
                .valueSerializer(Serializer.BYTE_ARRAY)
                .createOrOpen();
    }

    @Override
    public Reader beginRead() {
        return new MapReader();
    }

    @Override
    public Writer beginWrite(boolean ascending) {
        return new MapWriter();
    }

    @Override
    public void sync() {
        db.commit();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        db.close();
    }

    private static long touch(byte[] value) {
        return (value[0] & 0xff) + (value[value.length - 1] & 0xff);
    }

    private final class MapReader implements Reader {
        @Override
        public long touch(byte[] key) {
            byte[] value = map.get(key);
            if (value == null) {
                throw PeerStore.missing(key);
            }
            return MapDbPeer.touch(value);
        }

        @Override
        public Walk walk(boolean descending) {
            return new MapWalk(descending ? map.descendingEntryIterator() : map.entryIterator());
        }

        @Override
        public void renew() {
            // There are no snapshots.
        }

        @Override
        public void close() {
            // There are no snapshots.
        }
    }

    private static final class MapWalk implements Walk {
        private final Iterator<Map.Entry<byte[], byte[]>> entries;
        private Map.Entry<byte[], byte[]> entry;

        MapWalk(Iterator<Map.Entry<byte[], byte[]>> entries) {
            this.entries = entries;
        }

        @Override
        public boolean next() {
            if (!entries.hasNext()) {
                return false;
            }
            entry = entries.next();
            return true;
        }

        @Override
        public long touch() {
            byte[] key = entry.getKey();
            return (key[key.length - 1] & 0xff) + MapDbPeer.touch(entry.getValue());
        }

        @Override
        public byte[] key() {
            return entry.getKey();
        }

        @Override
        public byte[] value() {
            return entry.getValue();
        }

        @Override
        public void close() {
            // It holds nothing.
        }
    }

    private final class MapWriter implements Writer {
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
            db.commit();
        }
    }
}
