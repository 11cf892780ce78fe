package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tenon.api.Cursor;
import tenon.api.MisuseException;
import tenon.api.TxEndedException;
import tenon.api.WriteBucket;
import tenon.api.WriteCursor;
import tenon.api.WriteTx;

class CursorTest {
    private static final byte[] NAME = {'b'};
    private final BTreeStore store = BTreeStore.inMemory(
            BTreeOptions.DEFAULT.withPageSizeBytes(1024).withMapSegmentSizeBytes(64 << 10));
    private WriteTx tx;
    private WriteBucket bucket;

    @BeforeEach
    void fill() {
        tx = store.beginWrite();
        bucket = tx.createBucket(NAME);
        for (int i = 0; i < 1000; i += 2) {
            bucket.put(key(i), new byte[20]);
        }
    }

    @AfterEach
    void close() {
        tx.close();
        assertTrue(store.check().isClean());
        store.close();
    }

    private static byte[] key(int number) {
        return String.format("%04d", number).getBytes();
    }

    private static int number(Cursor cursor) {
        return Integer.parseInt(new String(cursor.key().toByteArray()));
    }

    @Test
    void shouldStandBeforeFirstAndBehindLast() {
        Cursor cursor = bucket.cursor();
        assertThrows(MisuseException.class, cursor::key);
        assertFalse(cursor.previous());
        assertTrue(cursor.next());
        assertEquals(0, number(cursor));
        assertFalse(cursor.previous());
        assertThrows(MisuseException.class, cursor::value);
        assertTrue(cursor.last());
        assertEquals(998, number(cursor));
        assertFalse(cursor.next());
        assertFalse(cursor.next());
        assertTrue(cursor.previous());
        assertEquals(998, number(cursor));
    }

    @Test
    void shouldSeekToKeyOrTheOneBehindIt() {
        Cursor cursor = bucket.cursor();
        for (int i = 0; i < 998; i++) {
            assertTrue(cursor.seek(key(i)));
            assertEquals(i + i % 2, number(cursor));
            assertTrue(i < 1 || cursor.previous());
        }
        assertFalse(cursor.seek(key(999)));
        assertTrue(cursor.previous());
        assertEquals(998, number(cursor));
    }

    @Test
    void shouldDeleteForwardsAndStandBetweenNeighbours() {
        WriteCursor cursor = bucket.cursor();
        assertTrue(cursor.seek(key(500)));
        cursor.delete();
        assertThrows(MisuseException.class, cursor::key);
        assertThrows(MisuseException.class, cursor::delete);
        assertTrue(cursor.previous());
        assertEquals(498, number(cursor));
        cursor.delete();
        assertTrue(cursor.next());
        assertEquals(502, number(cursor));
        int left = 500 - 2;
        for (boolean found = cursor.first(); found; found = cursor.next()) {
            cursor.delete();
            left--;
        }
        assertEquals(0, left);
        assertFalse(cursor.first());
        assertFalse(cursor.last());
        tx.commit();
    }

    @Test
    void shouldRefuseToMoveOnAfterChangeByOthers() {
        WriteCursor cursor = bucket.cursor();
        assertTrue(cursor.first());
        var value = cursor.value();
        bucket.put(key(1), new byte[1]);
        assertThrows(TxEndedException.class, cursor::next);
        assertThrows(TxEndedException.class, cursor::key);
        assertThrows(TxEndedException.class, cursor::delete);
        assertThrows(TxEndedException.class, value::toByteArray);
        assertTrue(cursor.seek(key(1)));
        cursor.delete();
    }

    @Test
    void shouldNotDeleteNestedBucket() {
        bucket.createBucket(key(1));
        WriteCursor cursor = bucket.cursor();
        assertTrue(cursor.seek(key(1)));
        assertTrue(cursor.isBucket());
        assertEquals(0, cursor.value().lengthBytes());
        assertThrows(MisuseException.class, cursor::delete);
        assertFalse(bucket.delete(key(1)));
        assertThrows(MisuseException.class, () -> bucket.put(key(1), new byte[1]));
        assertThrows(MisuseException.class, () -> bucket.createBucket(key(2)));
        assertTrue(bucket.deleteBucket(key(1)));
    }
}
