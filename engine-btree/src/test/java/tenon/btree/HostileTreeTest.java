package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tenon.api.Bucket;
import tenon.api.CorruptDataException;
import tenon.api.Cursor;
import tenon.api.KeyRange;
import tenon.api.MisuseException;
import tenon.api.ReadTx;
import tenon.api.Scrub;
import tenon.api.WriteBucket;
import tenon.api.WriteCursor;
import tenon.api.WriteTx;
import tenon.testkit.Seeds;
import tenon.testkit.SimulatedFileSystem;

/// Trees that nobody but an attacker makes, in pages whose checksums are right.
class HostileTreeTest {
    private static final int PAGE_BYTES = Workload.OPTIONS.pageSizeBytes();
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final byte[] OUTER = key("outer");
    private static final byte[] MIDDLE = key("middle");
    private static final byte[] INNER = key("inner");

    private final FileMutator mutator = new FileMutator(Seeds.random(HostileTreeTest.class), PAGE_BYTES);

    private static byte[] key(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] file(Consumer<WriteBucket> content) {
        SimulatedFileSystem disk = Workload.newDisk();
        try (BTreeStore store = open(disk)) {
            try (WriteTx tx = store.beginWrite()) {
                content.accept(tx.createBucket(OUTER));
                tx.commit();
            }
        }
        return disk.content(Workload.PATH);
    }

    private static BTreeStore open(SimulatedFileSystem disk) {
        return BTreeStore.open(Workload.platform(disk), Workload.PATH, Workload.OPTIONS);
    }

    private static BTreeStore open(byte[] file) {
        SimulatedFileSystem disk = new SimulatedFileSystem();
        disk.setContent(Workload.PATH, file);
        return open(disk);
    }

    private static ByteBuffer page(byte[] file, int page) {
        return ByteBuffer.wrap(file, page * PAGE_BYTES, PAGE_BYTES).slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int[] pages(byte[] file, int type) {
        return IntStream.range(PageLayout.META_PAGE_COUNT, file.length / PAGE_BYTES)
                .filter(each -> page(file, each).get(PageLayout.TYPE_OFFSET) == type)
                .toArray();
    }

    /// The only leaf page of which that is true.
    private static int leaf(byte[] file, IntPredicate isIt) {
        int[] found = Arrays.stream(pages(file, PageLayout.TYPE_LEAF)).filter(isIt).toArray();
        assertEquals(1, found.length);
        return found[0];
    }

    private static int count(byte[] file, int page) {
        return page(file, page).getShort(PageLayout.COUNT_OFFSET);
    }

    private static boolean contains(byte[] file, int page, byte[] key) {
        String content = new String(file, page * PAGE_BYTES, PAGE_BYTES, StandardCharsets.ISO_8859_1);
        return content.contains(new String(key, StandardCharsets.ISO_8859_1));
    }

    /// Each page is in order, the tree is not: its first branch page leads to its children in another order.
    ///
    /// @param places which child comes at the first place, the second one, and so on
    private byte[] withChildrenAt(byte[] good, int... places) {
        int branch = pages(good, PageLayout.TYPE_BRANCH)[0];
        assertTrue(count(good, branch) >= places.length);
        return mutator.mutate(good, branch, page -> {
            byte[][] children = new byte[places.length][PageLayout.CHILD_BYTES];
            for (int i = 0; i < places.length; i++) {
                page.get(element(page, i), children[i]);
            }
            for (int i = 0; i < places.length; i++) {
                page.put(element(page, i), children[places[i]]);
            }
        });
    }

    private static int element(ByteBuffer page, int index) {
        return page.getShort(
                PageLayout.HEADER_BYTES + index * PageLayout.SLOT_BYTES + PageLayout.SLOT_ELEMENT_OFFSET);
    }

    /// Nothing is deleted, and above all no other key.
    @Test
    void shouldRefuseToDeleteUnderACursorWhatTheTreeDoesNotLeadTo() {
        byte[] good = file(outer -> {
            for (int i = 10; i < 40; i++) {
                outer.put(key("key" + i), new byte[50]);
            }
        });
        try (BTreeStore store = open(withChildrenAt(good, 1, 0));
                WriteTx tx = store.beginWrite()) {
            WriteCursor cursor = tx.bucket(OUTER).cursor();
            assertTrue(cursor.first());
            CorruptDataException e = assertThrows(CorruptDataException.class, cursor::delete);
            assertTrue(e.getMessage().contains("does not lead"), e.getMessage());
        }
    }

    /// Behind a page that cannot be read nothing is seen as if it were next.
    @Test
    void shouldStandBeforeAllAfterAMoveThatFailed() {
        byte[] good = file(outer -> {
            for (int i = 10; i < 60; i++) {
                outer.put(key("key" + i), new byte[50]);
            }
        });
        try (BTreeStore store = open(withChildrenAt(good, 1, 0));
                ReadTx tx = store.beginRead()) {
            Bucket outer = tx.bucket(OUTER);
            for (Cursor cursor : List.of(outer.cursor(), outer.cursor(KeyRange.atLeast(key("key"))))) {
                assertTrue(cursor.first());
                byte[] first = cursor.key().toByteArray();
                for (int run = 0; run < 3; run++) {
                    assertThrows(CorruptDataException.class, () -> walk(cursor));
                    assertThrows(MisuseException.class, cursor::key);
                    assertThrows(MisuseException.class, cursor::value);
                    assertThrows(MisuseException.class, cursor::isBucket);
                    assertFalse(cursor.previous());
                    assertTrue(cursor.next());
                    assertArrayEquals(first, cursor.key().toByteArray());
                }
            }
        }
    }

    private static void walk(Cursor cursor) {
        while (cursor.next()) {
            assertEquals(50, cursor.value().lengthBytes());
        }
    }

    /// Nested buckets stay when a range is deleted. From the third leaf the way leads by the first to the second, and from
    /// that to the third again.
    @Test
    void shouldEndDeletingARangeInATreeThatLeadsBack() {
        byte[] good = file(outer -> {
            for (int i = 100; i < 300; i++) {
                outer.createBucket(key("bucket" + i));
            }
        });
        try (BTreeStore store = open(withChildrenAt(good, 2, 2, 0, 1))) {
            try (WriteTx tx = store.beginWrite()) {
                WriteBucket outer = tx.bucket(OUTER);
                CorruptDataException e = assertTimeoutPreemptively(
                        SOON, () -> assertThrows(CorruptDataException.class, () -> outer.deleteRange(KeyRange.ALL)));
                assertTrue(e.getMessage().contains("before those of the leaf before it"), e.getMessage());
            }
            assertFalse(store.check().isClean());
        }
    }

    /// The reference of the inner bucket leads to the page it stands in.
    private byte[] nestedInItself() {
        byte[] good = file(outer -> {
            WriteBucket inner = outer.createBucket(MIDDLE).createBucket(INNER);
            inner.put(key("k"), key("v"));
        });
        int middle = leaf(good, each -> contains(good, each, INNER));
        return mutator.mutate(good, middle, page -> {
            int element = page.getShort(PageLayout.HEADER_BYTES + PageLayout.SLOT_ELEMENT_OFFSET);
            int reference = element + PageLayout.ELEMENT_HEADER_BYTES + INNER.length;
            page.putLong(reference + PageLayout.REF_PAGE_ID_OFFSET, middle);
            page.putInt(reference + PageLayout.REF_TXID_OFFSET, (int) page.getLong(PageLayout.TXID_OFFSET));
        });
    }

    @Test
    void shouldFindThatABucketIsNestedInItself() {
        try (BTreeStore store = open(nestedInItself())) {
            assertTimeoutPreemptively(SOON, () -> assertFalse(store.check().isClean()));
            Scrub scrub = store.scrub();
            for (int steps = 0; scrub.step(10); steps++) {
                assertTrue(steps < 1_000, "a scrub that does not end");
            }
            assertFalse(scrub.progress().isClean());
        }
    }

    @Test
    void shouldNotCountABucketThatIsNestedInItselfForEver() {
        try (BTreeStore store = open(nestedInItself());
                ReadTx tx = store.beginRead()) {
            assertTimeoutPreemptively(SOON, () -> assertThrows(CorruptDataException.class, tx::stats));
        }
    }

    @Test
    void shouldRefuseToDeleteABucketThatIsNestedInItself() {
        try (BTreeStore store = open(nestedInItself());
                WriteTx tx = store.beginWrite()) {
            assertTimeoutPreemptively(
                    SOON, () -> assertThrows(CorruptDataException.class, () -> tx.deleteBucket(OUTER)));
        }
    }
}
