package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tenon.api.Cursor;
import tenon.api.ReadTx;
import tenon.api.WriteBucket;
import tenon.api.WriteTx;
import tenon.testkit.SimulatedFileSystem;

/// Stores of each format version that was ever released still open, and the newest is written as it was.
/// `-Dtenon.rewrite=true` writes the file of the newest version anew.
class StoreGoldenTest {
    private static final byte[] NUMBERS = "numbers".getBytes();
    private static final byte[] NESTED = "nested".getBytes();
    private static final BTreeOptions OPTIONS = Workload.OPTIONS;

    /// All page types, nested buckets, values of all lengths, free and freed pages.
    private static SimulatedFileSystem write() {
        SimulatedFileSystem disk = Workload.newDisk();
        try (BTreeStore store = BTreeStore.open(Workload.platform(disk), Workload.PATH, OPTIONS)) {
            for (int round = 0; round < 4; round++) {
                try (WriteTx tx = store.beginWrite()) {
                    WriteBucket bucket = tx.createBucketIfAbsent(NUMBERS);
                    bucket.setSequence(round + 7);
                    for (int i = 0; i < 60; i++) {
                        bucket.put(String.format("%04d", i * 7 % 60 + 10 * round).getBytes(), value(i, round));
                    }
                    for (int i = 20; i < 40; i++) {
                        bucket.delete(String.format("%04d", i + round).getBytes());
                    }
                    if (round == 0) {
                        bucket.createBucket(NESTED).put(new byte[] {(byte) 0xff}, new byte[] {1});
                        tx.createBucket("empty".getBytes());
                    }
                    tx.commit();
                }
            }
        }
        return disk;
    }

    private static byte[] value(int i, int round) {
        byte[] value = new byte[i == 33 ? 2500 : i % 30];
        java.util.Arrays.fill(value, (byte) (i + round));
        return value;
    }

    private static List<String> elements(SimulatedFileSystem disk) {
        List<String> elements = new ArrayList<>();
        try (BTreeStore store = BTreeStore.open(Workload.platform(disk), Workload.PATH, OPTIONS);
                ReadTx tx = store.beginRead()) {
            assertEquals(List.of(), store.check().findings());
            for (byte[] name : tx.bucketNames()) {
                Cursor cursor = tx.bucket(name).cursor();
                elements.add(new String(name) + " " + tx.bucket(name).sequence());
                while (cursor.next()) {
                    byte[] value = cursor.value().toByteArray();
                    elements.add(new String(cursor.key().toByteArray()) + " " + java.util.Arrays.toString(value));
                }
            }
            assertArrayEquals(
                    new byte[] {1},
                    tx.bucket(NUMBERS)
                            .findBucket(NESTED)
                            .orElseThrow()
                            .get(new byte[] {(byte) 0xff})
                            .toByteArray());
        }
        return elements;
    }

    private static byte[] golden(int version) throws IOException {
        String name = "/testdata/format-" + version + "/store";
        try (InputStream in = StoreGoldenTest.class.getResourceAsStream(name)) {
            assertNotNull(in, name);
            return in.readAllBytes();
        }
    }

    @Test
    void shouldWriteTheFormatOfThisVersion() throws IOException {
        byte[] written = write().content(Workload.PATH);
        int usedBytes;
        SimulatedFileSystem disk = write();
        try (StoreInspector inspector = StoreInspector.open(Workload.platform(disk), Workload.PATH)) {
            usedBytes = (int) inspector.tx().sizeBytes();
        }
        byte[] used = java.util.Arrays.copyOf(written, usedBytes);
        if (Boolean.getBoolean("tenon.rewrite")) {
            Path target = Path.of("src/test/resources/testdata/format-" + MetaLayout.FORMAT_VERSION, "store");
            Files.createDirectories(target.getParent());
            Files.write(target, used);
        } else {
            assertArrayEquals(golden(MetaLayout.FORMAT_VERSION), used);
        }
    }

    @Test
    void shouldOpenEachVersion() throws IOException {
        List<String> expected = elements(write());
        for (int version = 1; version <= MetaLayout.FORMAT_VERSION; version++) {
            SimulatedFileSystem disk = new SimulatedFileSystem();
            disk.setContent(Workload.PATH, golden(version));
            assertEquals(expected, elements(disk));
        }
    }
}
