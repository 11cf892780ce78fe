package tenon.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tenon.testkit.Seeds;

class ByteViewTest {
    private final Transaction transaction = new Transaction();

    private static final class Transaction extends ByteView.Guard {
        void change() {
            onChange();
        }

        void end() {
            markEnded();
        }
    }

    private ByteView view(byte[] bytes, int offset, int length) {
        return view(bytes, offset, length, transaction);
    }

    private static ByteView view(byte[] bytes, int offset, int length, Transaction guard) {
        ByteView view = new ByteView();
        view.set(MemorySegment.ofArray(bytes), offset, length, guard, guard.stamp());
        return view;
    }

    @Test
    void shouldReadWhereTheBytesLie() {
        byte[] bytes = {9, 1, 2, 3, 4, 5, 6, 7, 8, 9};
        ByteView view = view(bytes, 1, 8);
        assertEquals(8, view.lengthBytes());
        assertEquals(1, view.get(0));
        assertEquals(8, view.get(7));
        assertEquals(0x0807_0605_0403_0201L, view.getLong(0));
        assertArrayEquals(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}, view.toByteArray());
        byte[] target = new byte[10];
        view.copyTo(target, 2);
        assertArrayEquals(new byte[] {0, 0, 1, 2, 3, 4, 5, 6, 7, 8}, target);
        bytes[1] = 42;
        assertEquals(42, view.get(0), "no copy was made");
    }

    @Test
    void shouldCopyParts() {
        ByteView view = view(new byte[] {9, 1, 2, 3, 4, 5, 9}, 1, 5);
        byte[] part = new byte[2];
        view.copyTo(3, MemorySegment.ofArray(part));
        assertArrayEquals(new byte[] {4, 5}, part);
        view.copyTo(5, MemorySegment.ofArray(new byte[0]));
        MemorySegment target = MemorySegment.ofArray(part);
        assertThrows(MisuseException.class, () -> view.copyTo(4, target));
        assertThrows(MisuseException.class, () -> view.copyTo(-1, target));
        assertThrows(MisuseException.class, () -> view.copyTo(Integer.MAX_VALUE, target));
        transaction.change();
        assertThrows(TxEndedException.class, () -> view.copyTo(0, target));
    }

    @Test
    void shouldRefuseIndexesOutside() {
        ByteView view = view(new byte[20], 4, 8);
        for (int index : new int[] {-1, 8, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertThrows(MisuseException.class, () -> view.get(index), "get " + index);
        }
        for (int index : new int[] {-1, 1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertThrows(MisuseException.class, () -> view.getLong(index), "getLong " + index);
        }
        ByteView empty = view(new byte[20], 4, 0);
        assertThrows(MisuseException.class, () -> empty.get(0));
        assertThrows(MisuseException.class, () -> empty.getLong(0));
        assertArrayEquals(new byte[0], empty.toByteArray());
    }

    @Test
    void shouldThrowOnEachAccessAfterAChange() {
        ByteView view = view(new byte[20], 0, 10);
        accesses(view).forEach(Runnable::run);
        transaction.change();
        for (Runnable access : accesses(view)) {
            TxEndedException refusal = assertThrows(TxEndedException.class, access::run);
            assertTrue(refusal.getMessage().contains("later change"), refusal.getMessage());
        }
        accesses(view(new byte[20], 0, 10)).forEach(Runnable::run);
    }

    @Test
    void shouldThrowOnEachAccessAfterTheTransactionEnded() {
        ByteView view = view(new byte[20], 0, 10);
        transaction.end();
        for (Runnable access : accesses(view)) {
            TxEndedException refusal = assertThrows(TxEndedException.class, access::run);
            assertEquals("the transaction has ended", refusal.getMessage());
        }
        accesses(view(new byte[20], 0, 10)).forEach(access -> assertThrows(TxEndedException.class, access::run));
        assertThrows(TxEndedException.class, () -> new ByteView().lengthBytes(), "never set");
    }

    private static List<Runnable> accesses(ByteView view) {
        ByteView lasting = view(new byte[5], 0, 5, new Transaction());
        return List.of(
                view::lengthBytes,
                () -> view.get(0),
                () -> view.getLong(0),
                () -> view.copyTo(new byte[10], 0),
                view::toByteArray,
                () -> view.compareTo(new byte[1]),
                () -> view.compareTo(lasting),
                () -> lasting.compareTo(view));
    }

    @Test
    void shouldCompareAsUnsignedBytes() {
        RandomGenerator random = Seeds.random(ByteViewTest.class);
        for (int run = 0; run < 5000; run++) {
            byte[] left = new byte[random.nextInt(12)];
            byte[] right = new byte[random.nextInt(12)];
            random.nextBytes(left);
            random.nextBytes(right);
            int shared = Math.min(random.nextInt(12), Math.min(left.length, right.length));
            System.arraycopy(left, 0, right, 0, shared);
            byte[] lain = new byte[left.length + 9];
            random.nextBytes(lain);
            System.arraycopy(left, 0, lain, 5, left.length);
            int found = view(lain, 5, left.length).compareTo(right);
            int expected = Arrays.compareUnsigned(left, right);
            assertEquals(Integer.signum(expected), Integer.signum(found), Arrays.toString(left));
            byte[] other = new byte[right.length + 7];
            System.arraycopy(right, 0, other, 3, right.length);
            int foundOfViews = view(lain, 5, left.length).compareTo(view(other, 3, right.length));
            assertEquals(Integer.signum(expected), Integer.signum(foundOfViews), Arrays.toString(left));
        }
        assertTrue(view(new byte[] {(byte) 0x80}, 0, 1).compareTo(new byte[] {0x7F}) > 0);
    }
}
