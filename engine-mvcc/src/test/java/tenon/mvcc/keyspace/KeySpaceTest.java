package tenon.mvcc.keyspace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tenon.api.CorruptDataException;
import tenon.api.FormatTooNewException;
import tenon.api.MisuseException;
import tenon.api.Platform;
import tenon.api.StorageFailedException;
import tenon.api.Store;
import tenon.api.WriteTx;
import tenon.api.WrongFileException;
import tenon.btree.BTreeStore;
import tenon.mvcc.AppliedIndex;
import tenon.mvcc.CompactedException;
import tenon.mvcc.FutureRevisionException;
import tenon.mvcc.KeyRange;
import tenon.mvcc.KeyValue;
import tenon.mvcc.MvccStore;
import tenon.mvcc.RangeOptions;
import tenon.mvcc.ReadTxn;
import tenon.mvcc.WriteTxn;
import tenon.mvcc.layout.MetaLayout;
import tenon.mvcc.layout.RevisionLayout;
import tenon.testkit.SimulatedFileSystem;

class KeySpaceTest {
    private static final byte[] KEY = PlainKeySpace.bytes("key");
    private static final byte[] VALUE = PlainKeySpace.bytes("value");

    private final SimulatedFileSystem disk = TestedKeySpace.disk();
    private int raftIndex;

    private AppliedIndex next() {
        return Workload.at(raftIndex++);
    }

    private long put(MvccStore store, byte[] key, byte[] value) {
        try (WriteTxn write = store.write(next())) {
            return write.put(key, value, 0);
        }
    }

    private static List<KeyValue> get(ReadTxn read, byte[] key, long revision) {
        return read.range(KeyRange.single(key), new RangeOptions(revision, 0, false)).keyValues();
    }

    @Test
    void shouldForgetATransactionThatWasAbandoned() {
        try (TestedKeySpace tested = TestedKeySpace.open(disk, TestedKeySpace.options(100))) {
            KeySpace store = tested.keySpace;
            put(store, KEY, VALUE);
            store.backend().commit();
            WriteTxn write = store.write(next());
            write.put(PlainKeySpace.bytes("half"), VALUE, 0);
            write.abandon(new IllegalStateException("in the middle"));
            assertEquals(2, store.currentRevision());
            assertThrows(StorageFailedException.class, () -> put(store, KEY, VALUE));
        }
        try (TestedKeySpace tested = TestedKeySpace.open(disk, TestedKeySpace.options(100));
                ReadTxn read = tested.keySpace.read()) {
            assertEquals(2, read.revision());
            assertEquals(0, get(read, PlainKeySpace.bytes("half"), 0).size());
            assertEquals(Workload.at(0), tested.keySpace.appliedIndex());
        }
    }

    @Test
    void shouldCountRevisionsAsEtcdDoes() {
        try (TestedKeySpace tested = TestedKeySpace.open(disk, TestedKeySpace.options(100))) {
            KeySpace store = tested.keySpace;
            assertEquals(1, store.currentRevision());
            assertEquals(-1, store.compactedRevision());
            try (WriteTxn write = store.write(next())) {
                assertEquals(2, write.put(KEY, VALUE, 5));
                assertEquals(1, write.revision());
                assertEquals(2, write.put(PlainKeySpace.bytes("other"), VALUE, 0));
                KeyValue own = get(write, KEY, 0).getFirst();
                assertEquals(5, own.leaseId());
                assertEquals(2, own.createRevision());
                assertEquals(2, write.range(KeyRange.all(), RangeOptions.DEFAULT).revision());
                assertEquals(0, get(write, KEY, 1).size());
                assertEquals(1, store.currentRevision(), "not before it is closed");
                assertEquals(1, write.deleteRange(KeyRange.single(KEY)));
                assertEquals(0, get(write, KEY, 0).size());
                List<WriteTxn.Change> changes = write.changes();
                assertEquals(List.of(false, false, true), changes.stream().map(WriteTxn.Change::isDelete).toList());
                assertEquals(KeyValue.tombstone(KEY, 2), changes.getLast().keyValue());
            }
            assertEquals(2, store.currentRevision());
            try (WriteTxn write = store.write(next())) {
                assertEquals(0, write.deleteRange(KeyRange.single(KEY)));
            }
            assertEquals(2, store.currentRevision(), "nothing changed");
            assertEquals(Workload.at(1), store.appliedIndex());
            put(store, KEY, VALUE);
            assertEquals(3, put(store, KEY, VALUE) - 1);
            try (ReadTxn read = store.read()) {
                KeyValue now = get(read, KEY, 0).getFirst();
                assertEquals(new KeyValue.Origin(3, 2), new KeyValue.Origin(now.createRevision(), now.version()));
            }
            tested.assertCheckIsClean();
        }
    }

    @Test
    void shouldRefuseMisuse() throws InterruptedException {
        try (TestedKeySpace tested = TestedKeySpace.open(disk, TestedKeySpace.options(100))) {
            KeySpace store = tested.keySpace;
            AppliedIndex first = next();
            WriteTxn write = store.write(first);
            assertThrows(MisuseException.class, () -> write.put(new byte[0], VALUE, 0));
            assertThrows(MisuseException.class, () -> store.write(Workload.at(1)));
            assertThrows(MisuseException.class, () -> store.backend().commit());
            AtomicReference<RuntimeException> elsewhere = new AtomicReference<>();
            Thread other = Thread.ofPlatform().start(() -> {
                try {
                    write.close();
                } catch (RuntimeException e) {
                    elsewhere.set(e);
                }
            });
            other.join();
            assertTrue(elsewhere.get() instanceof MisuseException);
            write.close();
            write.close();
            assertThrows(MisuseException.class, () -> write.put(KEY, VALUE, 0));
            assertThrows(MisuseException.class, () -> store.write(first), "exactly once");
            assertThrows(MisuseException.class, () -> store.skip(first), "exactly once");
            assertThrows(MisuseException.class, () -> store.compact(1, first), "exactly once");
            ReadTxn read = store.read();
            read.close();
            assertThrows(MisuseException.class, () -> read.range(KeyRange.all(), RangeOptions.DEFAULT));
            assertThrows(FutureRevisionException.class, () -> store.compact(2, next()));
            store.compact(1, next()).join();
            assertThrows(CompactedException.class, () -> store.compact(1, next()));
        }
    }

    @Test
    void shouldShowOldReadersWhatACompactionForgets() {
        try (TestedKeySpace tested = TestedKeySpace.open(disk, TestedKeySpace.options(3))) {
            KeySpace store = tested.keySpace;
            for (int i = 0; i < 50; i++) {
                put(store, KEY, PlainKeySpace.bytes("v" + i));
            }
            try (ReadTxn old = store.read()) {
                store.compact(51, next()).join();
                for (int i = 0; i < 50; i++) {
                    assertArrayEquals(PlainKeySpace.bytes("v" + i), get(old, KEY, i + 2).getFirst().value());
                }
            }
            try (ReadTxn read = store.read()) {
                assertThrows(CompactedException.class, () -> get(read, KEY, 50));
                assertEquals(1, get(read, KEY, 51).size());
            }
            tested.assertCheckIsClean();
        }
    }

    @Test
    void shouldTakeKeysAndValuesOfAMebibyte() {
        byte[] large = new byte[1 << 20];
        large[0] = 'k';
        try (TestedKeySpace tested = TestedKeySpace.open(disk, TestedKeySpace.options(100))) {
            put(tested.keySpace, large, large);
        }
        try (TestedKeySpace tested = TestedKeySpace.open(disk, TestedKeySpace.options(100))) {
            try (ReadTxn read = tested.keySpace.read()) {
                assertArrayEquals(large, get(read, large, 0).getFirst().value());
            }
            tested.assertCheckIsClean();
        }
    }

    @Test
    void shouldRefuseFilesThatAreNoKeySpace() {
        craft(tx -> tx.bucket(MetaLayout.name("key")).put(PlainKeySpace.bytes("x"), VALUE));
        assertThrows(CorruptDataException.class, this::open);
        craft(tx -> tx.bucket(MetaLayout.name("key")).put(RevisionLayout.encode(2, 0, false), VALUE));
        assertThrows(CorruptDataException.class, this::open);
        byte[] other = KeyValue.of(KEY, VALUE, new KeyValue.Origin(3, 1), 3, 0).encoded();
        craft(tx -> tx.bucket(MetaLayout.name("key")).put(RevisionLayout.encode(2, 0, false), other));
        assertThrows(CorruptDataException.class, this::open);
        craft(tx -> tx.bucket(MetaLayout.name("meta")).put(MetaLayout.name(MetaLayout.CONSISTENT_INDEX), VALUE));
        assertThrows(CorruptDataException.class, this::open);
        craft(tx -> tx.bucket(MetaLayout.name("meta")).put(MetaLayout.name(MetaLayout.FORMAT), new byte[] {0, 0, 0, 3}));
        assertThrows(FormatTooNewException.class, this::open);
        craft(tx -> tx.deleteBucket(MetaLayout.name("meta")));
        assertThrows(WrongFileException.class, this::open);
    }

    @Test
    void shouldNotNoticeAHealthyFile() {
        craft(tx -> {});
        try (TestedKeySpace tested = open()) {
            assertNotNull(tested.keySpace.stats());
        }
    }

    private TestedKeySpace open() {
        return TestedKeySpace.open(disk, TestedKeySpace.options(100));
    }

    /// Makes an empty key space and changes its file behind its back.
    private void craft(Consumer<WriteTx> change) {
        if (disk.exists(TestedKeySpace.FILE)) {
            disk.delete(TestedKeySpace.FILE);
        }
        open().close();
        Platform platform = Platform.system().withFiles(disk);
        try (Store store = BTreeStore.open(platform, TestedKeySpace.FILE, TestedKeySpace.SMALL)) {
            store.write(tx -> {
                change.accept(tx);
                return null;
            });
        }
    }
}
