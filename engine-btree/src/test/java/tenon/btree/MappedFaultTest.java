package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tenon.api.KeyRange;
import tenon.api.MisuseException;
import tenon.api.StorageFailedException;
import tenon.api.StorageIoException;
import tenon.api.WriteBucket;
import tenon.api.WriteTx;
import tenon.testkit.CrashPlan;
import tenon.testkit.SimulatedFileSystem;

/// Mapped memory faults under the writer, wherever it reads. `TruncatedFileTest` does it with real files.
class MappedFaultTest {
    private static final byte[] NAME = {'b'};
    private static final byte[] NESTED = {'n'};
    private static final int KEYS = 400;

    private final SimulatedFileSystem disk = Workload.newDisk();
    private final FaultingMemory memory = new FaultingMemory(disk);
    private BTreeStore store = open();

    private BTreeStore open() {
        return Workload.open(memory.files());
    }

    private static byte[] key(int i) {
        return String.format("key%04d", i).getBytes();
    }

    MappedFaultTest() {
        fill();
    }

    private void fill() {
        store.write(tx -> {
            WriteBucket bucket = tx.createBucketIfAbsent(NAME);
            for (int i = 0; i < KEYS; i++) {
                bucket.put(key(i), new byte[i % 50 == 0 ? 3000 : 30]);
            }
            bucket.createBucketIfAbsent(NESTED).put(key(0), NAME);
            return null;
        });
    }

    @AfterEach
    void close() {
        store.close();
    }

    /// What was committed last can be read with memory that does not fault.
    private void assertReopens() {
        store.close();
        store = Workload.open(disk.crash(CrashPlan.dropAll()));
        assertEquals(List.of(), store.check().findings());
        assertArrayEquals(new byte[30], store.<byte[]>read(tx -> tx.bucket(NAME).get(key(7)).toByteArray()));
        assertEquals(1, store.<Integer>read(tx -> tx.bucket(NAME)
                .findBucket(NESTED)
                .orElseThrow()
                .get(key(0))
                .lengthBytes()));
    }

    @Test
    void shouldFailWhenACommitCannotReadWhatItBuildsOn() {
        WriteTx tx = store.beginWrite();
        // Its leaf is changed; the pages above it are not before the commit.
        tx.bucket(NAME).findBucket(NESTED).orElseThrow().put(key(0), NAME);
        memory.fault();
        StorageIoException fault = assertThrows(StorageIoException.class, tx::commit);
        assertSame(
                fault, assertThrows(StorageFailedException.class, store::beginWrite).getCause());
        assertThrows(StorageFailedException.class, store::sync);
        tx.close();
        assertReopens();
    }

    @Test
    void shouldThrowAStorageErrorWhateverTheWriterReads() {
        Map<String, Consumer<WriteBucket>> works = Map.of(
                "put", bucket -> bucket.put(key(7), NAME),
                "put of a long value", bucket -> bucket.put(key(50), new byte[5000]),
                "putIfAbsent", bucket -> bucket.putIfAbsent(key(8), NAME),
                "append", bucket -> bucket.append(key(KEYS + 1), NAME),
                "reserve", bucket -> bucket.reserve(key(9), 10),
                "delete", bucket -> bucket.delete(key(200)),
                "deleteRange", bucket -> bucket.deleteRange(KeyRange.atLeast(key(100))),
                "deleteBucket", bucket -> bucket.deleteBucket(NESTED),
                "createBucket", bucket -> bucket.createBucket(key(KEYS + 2)),
                "get", bucket -> bucket.get(key(7)));
        works.forEach((name, work) -> {
            WriteTx tx = store.beginWrite();
            WriteBucket bucket = tx.bucket(NAME);
            memory.fault();
            assertThrows(StorageIoException.class, () -> work.accept(bucket), name);
            tx.close();
            // The medium may have lost but this page: others go on.
            store.beginWrite().close();
            store.close();
            store = open();
        });
        assertReopens();
    }

    @Test
    void shouldCommitNothingAfterAChangeThatMetAFault() {
        WriteTx tx = store.beginWrite();
        WriteBucket bucket = tx.bucket(NAME);
        bucket.put(key(7), NAME);
        memory.fault();
        assertThrows(StorageIoException.class, () -> bucket.deleteRange(KeyRange.atLeast(key(100))));
        assertThrows(MisuseException.class, tx::commit);
        tx.close();
        assertReopens();
    }

    @Test
    void shouldThrowAStorageErrorFromADefragmentation() {
        fill();
        fill();
        store.write(tx -> tx.bucket(NAME).deleteRange(new KeyRange(key(20), key(KEYS))));
        memory.fault();
        assertThrows(StorageIoException.class, store::defragment);
        assertThrows(StorageIoException.class, () -> store.defragmentStep(10));
        assertReopens();
    }
}
