package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import tenon.api.Bucket;
import tenon.api.Cursor;
import tenon.api.MisuseException;
import tenon.api.Platform;
import tenon.api.StorageException;
import tenon.api.WriteTx;
import tenon.testkit.Seeds;
import tenon.testkit.SimulatedFileSystem;

/// Files whose checksums are right and whose content is not: no endless loop, no access outside, no error but those
/// of the contract.
class HostileFileTest {
    private static final int RUNS = 1000;

    private final RandomGenerator random = Seeds.random(HostileFileTest.class);

    private static byte[] goodFile() {
        SimulatedFileSystem disk = new SimulatedFileSystem();
        disk.createDirectories(Workload.PATH.getParent());
        try (BTreeStore store = BTreeStore.open(Workload.platform(disk), Workload.PATH, Workload.OPTIONS)) {
            RandomGenerator fixed = Seeds.from(5);
            Model model = new Model();
            for (int i = 0; i < 8; i++) {
                try (WriteTx tx = store.beginWrite()) {
                    for (int operation = 0; operation < 12; operation++) {
                        model.randomOperation(fixed, tx, Workload.OPTIONS.pageSizeBytes());
                    }
                    tx.commit();
                }
            }
        }
        return disk.content(Workload.PATH);
    }

    @Test
    void shouldStandAnyContentWithRightChecksums() {
        byte[] good = goodFile();
        int refused = 0;
        for (int run = 0; run < RUNS; run++) {
            byte[] bad = good.clone();
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                damage(bad);
            }
            SimulatedFileSystem disk = new SimulatedFileSystem();
            disk.setContent(Workload.PATH, bad);
            refused += assertTimeoutPreemptively(Duration.ofSeconds(60), () -> isRefused(disk)) ? 1 : 0;
        }
        assertTrue(refused > RUNS / 10, "damage was met only " + refused + " times");
    }

    private void damage(byte[] file) {
        int pageSizeBytes = Workload.OPTIONS.pageSizeBytes();
        int page = random.nextInt(file.length / pageSizeBytes);
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int base = page * pageSizeBytes;
        int offset = base + (random.nextBoolean() ? random.nextInt(64) : random.nextInt(pageSizeBytes - 8));
        switch (random.nextInt(4)) {
            case 0 -> bytes.put(offset, (byte) random.nextInt());
            case 1 -> bytes.putShort(offset, (short) random.nextInt(pageSizeBytes + 8));
            case 2 -> bytes.putInt(offset, random.nextInt(-2, 80));
            default -> bytes.putLong(offset, random.nextInt(4) == 0 ? random.nextLong() : random.nextInt(80));
        }
        CRC32C crc = new CRC32C();
        if (page < PageLayout.META_PAGE_COUNT) {
            crc.update(file, base, MetaLayout.CRC_OFFSET);
            bytes.putInt(base + MetaLayout.CRC_OFFSET, (int) crc.getValue());
            System.arraycopy(file, base, file, base + MetaLayout.RECORD_BYTES, MetaLayout.RECORD_BYTES);
            return;
        }
        int pageCount = file[base + PageLayout.TYPE_OFFSET] == PageLayout.TYPE_OVERFLOW
                ? bytes.getInt(base + PageLayout.OVERFLOW_OFFSET) + 1
                : 1;
        int size = Math.clamp((long) pageCount * pageSizeBytes, pageSizeBytes, file.length - base);
        crc.update(file, base + PageLayout.TYPE_OFFSET, size - PageLayout.TYPE_OFFSET);
        bytes.putInt(base + PageLayout.CRC_OFFSET, (int) crc.getValue());
    }

    private static boolean isRefused(SimulatedFileSystem disk) {
        Platform platform = Workload.platform(disk);
        boolean refused = false;
        try (StoreInspector inspector = StoreInspector.open(platform, Workload.PATH)) {
            refused = !inspector.check().isClean();
            inspector.forEachPage(page -> inspector.dump(page.pageId()));
            for (byte[] name : inspector.tx().bucketNames()) {
                inspector.tx().findBucket(name).ifPresent(HostileFileTest::readAll);
            }
        } catch (StorageException expected) {
            refused = true;
        }
        try (BTreeStore store = BTreeStore.open(platform, Workload.PATH, Workload.OPTIONS)) {
            change(store);
            store.defragment();
        } catch (StorageException | MisuseException expected) {
            refused = true;
        }
        return refused;
    }

    private static void readAll(Bucket bucket) {
        Cursor cursor = bucket.cursor();
        while (cursor.next()) {
            byte[] key = cursor.key().toByteArray();
            cursor.value().toByteArray();
            if (cursor.isBucket() && key.length < 3) {
                bucket.findBucket(key).orElseThrow().stats();
            }
        }
        while (cursor.previous()) {
            bucket.get(cursor.key().toByteArray());
        }
    }

    private static void change(BTreeStore store) {
        for (int round = 0; round < 3; round++) {
            try (WriteTx tx = store.beginWrite()) {
                for (byte[] name : tx.bucketNames()) {
                    var bucket = tx.bucket(name);
                    for (int i = 0; i < 20; i++) {
                        bucket.put(("new" + i).getBytes(), new byte[i * 20]);
                    }
                    var cursor = bucket.cursor();
                    for (boolean found = cursor.first(); found; found = cursor.next()) {
                        if (!cursor.isBucket()) {
                            cursor.delete();
                        }
                    }
                }
                tx.commit();
            }
        }
    }
}
