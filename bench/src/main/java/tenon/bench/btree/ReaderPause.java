package tenon.bench.btree;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;
import tenon.bench.btree.peers.Peer;
import tenon.bench.btree.peers.PeerStore;
import tenon.bench.measure.StoreDirectory;

/// How long the writer's growth of the file holds up a reader. A second thread of the same shape that only looks at the
/// clock, beside a writer that does the same, shows what is the machine's doing and not the store's. They run one after
/// the other: a third busy thread would wait for a processor.
final class ReaderPause {
    private static final int GROWTH = 10;
    private static final long PAUSE_NS_MAX = 1_000_000;

    private final StoreDirectory directory;
    private final long warmUpMs;
    private volatile Phase phase;
    /// Whether the watching thread has seen the growth.
    private volatile boolean watched;

    private enum Phase {
        WARMING_UP,
        GROWING,
        GROWN
    }

    ReaderPause(Path directory, long warmUpMs) {
        this.directory = new StoreDirectory(directory.resolve("store"));
        this.warmUpMs = warmUpMs;
    }

    /// The first round is for the compiler.
    ///
    /// @param keyCount keys before the growth
    /// @return rows for [SpecialWork#READER_PAUSE]
    List<List<String>> run(long keyCount, int roundCount) throws InterruptedException, ExecutionException {
        measure("", keyCount, false);
        List<List<String>> rows = new ArrayList<>();
        for (int i = 1; i <= roundCount; i++) {
            rows.add(measure("reader, round " + i, keyCount, false));
            rows.add(measure("clock only, round " + i, keyCount, true));
        }
        return rows;
    }

    private List<String> measure(String name, long keyCount, boolean clockOnly)
            throws InterruptedException, ExecutionException {
        directory.wipe();
        phase = Phase.WARMING_UP;
        watched = false;
        try (PeerStore store = Peer.TENON.open(directory.path(), PeerStore.Sync.AT_END);
                ExecutorService threads = Executors.newFixedThreadPool(1)) {
            Phases.putAll(store, Elements.RANDOM, keyCount, Phases.BATCH, false);
            long sizeBytes = directory.sizeBytes();
            Callable<Histogram> watching = () -> clockOnly ? watchClock() : watchGets(store, keyCount);
            Future<Histogram> watcher = threads.submit(watching);
            try {
                // The reader's code is to be compiled before.
                Thread.sleep(warmUpMs);
                phase = Phase.GROWING;
                long number = keyCount;
                while (directory.sizeBytes() < sizeBytes * GROWTH || !watched && !watcher.isDone()) {
                    number = grow(store, number);
                }
            } finally {
                phase = Phase.GROWN;
            }
            return row(name, watcher.get(), sizeBytes, clockOnly);
        }
    }

    private static long grow(PeerStore store, long from) {
        byte[] key = Elements.RANDOM.newKey();
        byte[] value = Elements.RANDOM.newValue();
        PeerStore.Writer writer = store.beginWrite(false);
        for (long number = from; number < from + Phases.BATCH; number++) {
            Elements.RANDOM.setKey(key, number);
            Elements.RANDOM.setValue(value, number);
            writer.put(key, value);
        }
        writer.commit();
        return from + Phases.BATCH;
    }

    private Histogram watchGets(PeerStore store, long keyCount) {
        Histogram histogram = new Histogram(3);
        byte[] key = Elements.RANDOM.newKey();
        try (PeerStore.Reader reader = store.beginRead()) {
            for (long i = 0; phase != Phase.GROWN; i++) {
                Elements.RANDOM.setKey(key, Elements.pick(i, keyCount));
                long startNs = System.nanoTime();
                reader.renew();
                reader.touch(key);
                record(histogram, startNs);
            }
        }
        return histogram;
    }

    private Histogram watchClock() {
        Histogram histogram = new Histogram(3);
        while (phase != Phase.GROWN) {
            record(histogram, System.nanoTime());
        }
        return histogram;
    }

    private void record(Histogram histogram, long startNs) {
        long endNs = System.nanoTime();
        if (phase == Phase.GROWING) {
            histogram.recordValue(endNs - startNs);
            if (!watched) {
                watched = true;
            }
        }
    }

    private List<String> row(String name, Histogram histogram, long sizeBytes, boolean clockOnly) {
        String verdict = histogram.getMaxValue() < PAUSE_NS_MAX ? "reached" : "MISSED";
        return List.of(
                name,
                String.format(Locale.ROOT, "%,.0f .. %,.0f", sizeBytes / 1e6, directory.sizeBytes() / 1e6),
                String.format(Locale.ROOT, "%,d", histogram.getTotalCount()),
                microseconds(histogram.getValueAtPercentile(50)),
                microseconds(histogram.getValueAtPercentile(99.9)),
                microseconds(histogram.getMaxValue()),
                Long.toString(histogram.getCountBetweenValues(PAUSE_NS_MAX, Long.MAX_VALUE)),
                clockOnly ? "" : "longest below 1,000: " + verdict);
    }

    private static String microseconds(long ns) {
        return String.format(Locale.ROOT, "%,.1f", ns / 1e3);
    }
}
