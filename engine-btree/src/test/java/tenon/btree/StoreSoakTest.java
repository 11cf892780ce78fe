package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tenon.api.MisuseException;
import tenon.api.Platform;
import tenon.api.ReadTx;
import tenon.api.Scrub;
import tenon.api.WriteTx;
import tenon.testkit.Seeds;

/// Random transactions without a pause on a real file, and beside them readers of every age, each of which compares all
/// that it sees with the model of its commit, again and again; defragmentations by copy and in steps, scrubs, checks and
/// reopenings in between. For as long as `-Dtenon.soak.seconds` says.
class StoreSoakTest {
    private static final long SECONDS = Long.getLong("tenon.soak.seconds", 4);
    private static final int READERS = 3;
    private static final int MODELS_KEPT = 200;
    private static final long IN_USE_BYTES_MAX = 2 << 20;

    @TempDir
    Path directory;

    private final long seed = Seeds.seed(StoreSoakTest.class);
    /// What each commit made; in it before the commit can be seen.
    private final NavigableMap<Long, Model> models = new ConcurrentSkipListMap<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final AtomicLong comparisons = new AtomicLong();
    private final AtomicLong agesSum = new AtomicLong();
    private volatile BTreeStore store;
    private volatile boolean stop;
    private Scrub scrub;
    private long scrubs;
    private long commits;
    private long defragmentations;
    private long openings;

    private BTreeStore open(RandomGenerator random) {
        openings++;
        SyncMode[] modes = {SyncMode.LOSE_STORE, SyncMode.LOSE_STORE, SyncMode.LOSE_COMMITS_SINCE_SYNC};
        BTreeOptions options = BTreeOptions.DEFAULT
                .withPageSizeBytes(1024)
                .withMapSegmentSizeBytes(64 << 10)
                .withGrowStepBytesMax(256 << 10)
                .withSyncMode(modes[random.nextInt(modes.length)]);
        return BTreeStore.open(Platform.system(), directory.resolve("store"), options);
    }

    @Test
    void shouldShowEveryReaderItsCommitWhateverGoesOnBesideIt() throws InterruptedException {
        RandomGenerator random = Seeds.from(seed);
        models.put(0L, new Model());
        store = open(random);
        scrub = store.scrub();
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            RandomGenerator own = Seeds.from(seed + 1 + i);
            readers.add(Thread.ofPlatform().start(() -> readUntilStopped(own)));
        }
        long endNs = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
        try {
            Model model = new Model();
            while (System.nanoTime() < endNs && failure.get() == null) {
                model = transaction(random, model);
                event(random, model);
            }
        } finally {
            stop = true;
            for (Thread reader : readers) {
                reader.join();
            }
        }
        assertNull(failure.get(), () -> "a reader: " + failure.get());
        assertEquals(0, store.stats().openReadTxCount());
        assertEquals(List.of(), store.check().findings());
        store.close();
        System.out.println("StoreSoakTest: " + commits + " commits, " + defragmentations + " defragmentations, "
                + openings + " openings, " + scrubs + " scrubs, " + comparisons + " comparisons of readers, on average "
                + agesSum.get() / Math.max(1, comparisons.get()) + " commits old");
        assertTrue(comparisons.get() > 0, "readers should have read");
    }

    private Model transaction(RandomGenerator random, Model model) {
        Model changed = model.copy();
        try (WriteTx tx = store.beginWrite()) {
            for (int i = random.nextInt(1, 40); i > 0; i--) {
                changed.randomOperation(random, tx, 1024);
            }
            if (tx.sizeInUseBytes() > IN_USE_BYTES_MAX) {
                changed.deleteAll(tx);
            }
            if (random.nextInt(10) == 0) {
                return model;
            }
            models.put(tx.txid(), changed);
            tx.commit();
            commits++;
        }
        while (models.size() > MODELS_KEPT) {
            models.pollFirstEntry();
        }
        return changed;
    }

    private void event(RandomGenerator random, Model model) {
        step(random);
        int event = random.nextInt(200);
        if (event == 0) {
            store.defragment();
            defragmentations++;
        } else if (event == 1) {
            store.close();
            store = open(random);
            scrub = store.scrub();
        } else if (event < 6) {
            assertEquals(List.of(), store.check().findings(), "seed " + seed);
        } else if (event < 10) {
            try (ReadTx tx = store.beginRead()) {
                model.assertEqualTo(tx);
            }
        } else if (event < 14) {
            store.sync();
        }
    }

    /// What goes on in the background all the time.
    private void step(RandomGenerator random) {
        if (random.nextInt(3) == 0 && !scrub.step(random.nextInt(1, 30))) {
            assertEquals(List.of(), scrub.progress().findings(), "seed " + seed);
            scrub = store.scrub();
            scrubs++;
        }
        if (random.nextInt(10) == 0) {
            store.defragmentStep(random.nextInt(1, 20));
        }
    }

    private void readUntilStopped(RandomGenerator random) {
        try {
            while (!stop) {
                BTreeStore present = store;
                try (ReadTx tx = present.beginRead()) {
                    var entry = models.floorEntry(tx.txid());
                    if (entry != null) {
                        readAtAnyAge(random, tx, entry.getValue());
                    }
                } catch (MisuseException e) {
                    if (!present.isClosed()) {
                        throw e;
                    }
                    // The JVM interrupts a thread from under which it unmaps memory; the next pause would throw.
                    Thread.interrupted();
                }
            }
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
            e.printStackTrace(System.out);
        }
    }

    /// Most look once, some hold on to their commit for long.
    private void readAtAnyAge(RandomGenerator random, ReadTx tx, Model model) throws InterruptedException {
        int passes = random.nextInt(4) == 0 ? random.nextInt(1, 30) : 1;
        for (int pass = 0; pass < passes && !stop; pass++) {
            model.assertEqualTo(tx);
            comparisons.incrementAndGet();
            agesSum.addAndGet(models.lastKey() - tx.txid());
            if (passes > 1) {
                Thread.sleep(random.nextInt(20));
            }
        }
    }
}
