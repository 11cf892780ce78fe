package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import tenon.api.BucketStats;
import tenon.api.WriteBucket;

/// W26: ascending keys fill pages to the fill percent of their bucket.
class W26FillPercentTest {
    private static final int KEY_COUNT = 5000;
    private static final double TOLERANCE = 0.05;

    private static double fill(BucketStats stats) {
        return (double) stats.usedBytes() / stats.pageBytes();
    }

    private static byte[] bytes(String text) {
        return text.getBytes();
    }

    @Test
    void shouldFillPagesToThePercentOfEachBucket() {
        try (BTreeStore store = BTreeStore.inMemory(BTreeOptions.DEFAULT)) {
            store.write(tx -> {
                WriteBucket full = tx.createBucket(bytes("default"));
                WriteBucket loose = tx.createBucket(bytes("loose"));
                loose.setFillPercent(0.6);
                for (int i = 0; i < KEY_COUNT; i++) {
                    byte[] key = bytes(String.format("%017d", i));
                    full.put(key, new byte[40]);
                    loose.put(key, new byte[40]);
                }
                assertTrue(fill(full.stats()) > 1 - TOLERANCE, full.stats().toString());
                assertEquals(0.6, fill(loose.stats()), TOLERANCE);
                return null;
            });
            assertEquals(List.of(), store.check().findings());
        }
    }

    @Test
    void shouldFillThemAlsoWhenEachCommitAddsALittle() {
        try (BTreeStore store = BTreeStore.inMemory(BTreeOptions.DEFAULT)) {
            for (int commit = 0; commit < KEY_COUNT / 10; commit++) {
                int first = commit * 10;
                store.write(tx -> {
                    WriteBucket bucket = tx.createBucketIfAbsent(bytes("key"));
                    bucket.setFillPercent(0.9);
                    for (int i = first; i < first + 10; i++) {
                        bucket.put(bytes(String.format("%017d", i)), new byte[40]);
                    }
                    return null;
                });
            }
            store.read(tx -> {
                assertEquals(0.9, fill(tx.bucket(bytes("key")).stats()), TOLERANCE);
                return null;
            });
            assertEquals(List.of(), store.check().findings());
        }
    }
}
