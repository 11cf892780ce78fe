package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tenon.api.MisuseException;
import tenon.api.Platform;
import tenon.api.ReadTx;
import tenon.api.ScrubProgress;
import tenon.testkit.ManualClock;
import tenon.testkit.SimulatedFileSystem;

class BackgroundScrubTest {
    private static final byte[] NAME = {'b'};
    private static final int PAGES_PER_SECOND = 40;
    private static final int STEPS_PER_SECOND = 10;
    private static final long STEP_NS = TimeUnit.SECONDS.toNanos(1) / STEPS_PER_SECOND;

    private final ManualClock clock = new ManualClock();
    private final SimulatedFileSystem disk = Workload.newDisk();
    private final List<Thread> threads = new ArrayList<>();
    private final Platform platform = new Platform(disk, clock, this::startThread, 1);
    private final BlockingQueue<ScrubProgress> told = new LinkedBlockingQueue<>();
    private BTreeStore store;

    private Thread startThread(String name, Runnable body) {
        threads.add(Thread.ofPlatform().name(name).daemon().start(body));
        return threads.getLast();
    }

    @BeforeEach
    void fill() {
        store = BTreeStore.open(platform, Workload.PATH, Workload.OPTIONS);
        store.write(tx -> {
            var bucket = tx.createBucket(NAME);
            for (int i = 0; i < 100; i++) {
                bucket.put(new byte[] {(byte) i}, new byte[500]);
            }
            return null;
        });
    }

    @AfterEach
    void close() throws InterruptedException {
        store.close();
        for (Thread thread : threads) {
            thread.join(20_000);
            assertFalse(thread.isAlive(), "the thread outlives what it was for");
        }
    }

    private BackgroundScrub scrub() {
        return BackgroundScrub.start(platform, store, PAGES_PER_SECOND, told::add);
    }

    /// Gives turns until it tells something.
    private ScrubProgress next() throws InterruptedException {
        for (int turns = 0; turns < 20_000; turns++) {
            clock.advanceNs(STEP_NS);
            ScrubProgress found = told.poll(1, TimeUnit.MILLISECONDS);
            if (found != null) {
                return found;
            }
        }
        throw new AssertionError("it tells nothing");
    }

    @Test
    void shouldVerifyAllPagesAgainAndAgain() throws InterruptedException {
        try (BackgroundScrub scrub = scrub()) {
            for (int round = 0; round < 3; round++) {
                ScrubProgress progress = next();
                assertTrue(progress.isDone() && progress.isClean(), progress.toString());
                // Later it may have begun before the write was done.
                assertTrue(round > 0 || progress.pageCount() == progress.checkedPageCount(), progress.toString());
                store.write(tx -> tx.bucket(NAME).nextSequence());
            }
            assertTrue(scrub.progress().isClean());
        }
    }

    @Test
    void shouldGoAtThePaceThatItWasTold() throws InterruptedException {
        try (BackgroundScrub scrub = scrub()) {
            long before = 0;
            for (int turn = 0; !scrub.progress().isDone(); turn++) {
                clock.advanceNs(STEP_NS / 2);
                Thread.sleep(2);
                assertEquals(before, scrub.progress().checkedPageCount(), "a step before its time");
                clock.advanceNs(STEP_NS - STEP_NS / 2);
                while (scrub.progress().checkedPageCount() == before && !scrub.progress().isDone()) {
                    Thread.sleep(1);
                }
                long step = scrub.progress().checkedPageCount() - before;
                // The first one adds the meta pages and the freelist.
                assertTrue(turn == 0 || step <= PAGES_PER_SECOND / STEPS_PER_SECOND, "a step of " + step + " pages");
                before += step;
            }
            assertEquals(told.remove().pageCount(), before);
        }
    }

    @Test
    void shouldTellOfDamageWhenItMeetsIt() throws InterruptedException {
        long rootPageId;
        try (ReadTx tx = store.beginRead()) {
            rootPageId = ((BTreeBucket) tx.bucket(NAME)).rootPageId;
        }
        disk.corrupt(Workload.PATH, rootPageId * Workload.OPTIONS.pageSizeBytes() + 40, 1);
        BackgroundScrub scrub = scrub();
        try (scrub) {
            ScrubProgress progress = next();
            assertEquals(1, progress.findings().size(), progress.toString());
            assertTrue(progress.findings().getFirst().contains("page " + rootPageId + ":"), progress.toString());
            disk.corrupt(Workload.PATH, rootPageId * Workload.OPTIONS.pageSizeBytes() + 40, 1);
            ScrubProgress later = next();
            while (!later.isClean()) {
                later = next();
            }
            assertTrue(later.isDone(), later.toString());
        }
    }

    @Test
    void shouldEndWithTheStore() throws InterruptedException {
        BackgroundScrub scrub = scrub();
        store.close();
        clock.advanceNs(STEP_NS);
        threads.getFirst().join(20_000);
        assertFalse(threads.getFirst().isAlive());
        scrub.close();
        scrub.close();
        assertTrue(told.isEmpty());
    }

    @Test
    void shouldRefuseAPaceThatIsNone() {
        assertThrows(MisuseException.class, () -> BackgroundScrub.start(platform, store, 0, told::add));
        assertTrue(threads.isEmpty());
    }
}
