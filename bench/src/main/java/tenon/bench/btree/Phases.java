package tenon.bench.btree;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tenon.bench.btree.peers.Peer;
import tenon.bench.btree.peers.PeerStore.Sync;
import tenon.bench.btree.peers.PeerStore;
import tenon.bench.measure.Memory;
import tenon.bench.measure.StoreDirectory;

/// Runs works on one peer of the JVM, in one directory. `src/main/peers` has the same for the others.
final class Phases {
    static final int BATCH = 1_000;
    static final int REVISION_BATCH = 10_000;
    private static final long ONE_PUT_COUNT_MAX = 20_000;
    static final int CHURN_ROUND_COUNT = 5;

    /// Loops run in pieces of this many steps, so that the compiler sees methods that are called often.
    private static final int CHUNK = 1_000;
    /// A prime: steps of it, modulo any count that is no multiple, meet each number once.
    private static final long STRIDE = 2_654_435_761L;

    private final Peer peer;
    private final StoreDirectory directory;
    private final long keyCount;

    Phases(Peer peer, Path directory, long keyCount) {
        this.peer = peer;
        this.directory = new StoreDirectory(directory);
        this.keyCount = keyCount;
    }

    /// How many puts [Work#PUT_ONE_SYNC] makes for this many keys.
    static long onePutCount(long keyCount) {
        return Math.min(keyCount / 10, ONE_PUT_COUNT_MAX);
    }

    ResultLine run(Work work) {
        return switch (work) {
            case LOAD_ASCENDING -> load(work, Elements.ASCENDING, keyCount, keyCount, Sync.EACH_COMMIT, true);
            case LOAD_ASCENDING_PUT -> load(work, Elements.ASCENDING, keyCount, keyCount, Sync.EACH_COMMIT, false);
            case LOAD_REVISIONS -> load(work, Elements.REVISION, keyCount, REVISION_BATCH, Sync.EACH_COMMIT, true);
            case PUT_RANDOM -> load(work, Elements.RANDOM, keyCount, BATCH, Sync.AT_END, false);
            case PUT_RANDOM_SYNC -> load(work, Elements.RANDOM, keyCount, BATCH, Sync.EACH_COMMIT, false);
            case PUT_ONE_SYNC ->
                load(work, Elements.RANDOM, onePutCount(keyCount), 1, Sync.EACH_COMMIT, false);
            case CHURN -> churn(work);
            case DELETE_RANDOM -> deleteRandom(work);
            case GET_RANDOM, GET_RANDOM_2, GET_RANDOM_TX, SCAN, SCAN_REVERSE -> read(work);
        };
    }

    /// Deletes the store.
    void wipe() {
        directory.wipe();
    }

    // ---- works that write ----

    private ResultLine load(Work work, Elements elements, long count, long batch, Sync sync, boolean ascending) {
        directory.wipe();
        long ns;
        Memory memory;
        try (PeerStore store = peer.open(directory.path(), sync)) {
            long startNs = System.nanoTime();
            putAll(store, elements, count, batch, ascending);
            if (sync == Sync.AT_END) {
                store.sync();
            }
            ns = System.nanoTime() - startNs;
            memory = Memory.now();
        }
        return result(work, count, ns, memory, List.of());
    }

    static void putAll(PeerStore store, Elements elements, long count, long batch, boolean ascending) {
        byte[] key = elements.newKey();
        byte[] value = elements.newValue();
        for (long from = 0; from < count; from += batch) {
            long to = Math.min(count, from + batch);
            PeerStore.Writer writer = store.beginWrite(ascending);
            for (long at = from; at < to; at += CHUNK) {
                put(writer, elements, key, value, at, Math.min(to, at + CHUNK));
            }
            writer.commit();
        }
    }

    private static void put(
            PeerStore.Writer writer, Elements elements, byte[] key, byte[] value, long from, long to) {
        for (long number = from; number < to; number++) {
            elements.setKey(key, number);
            elements.setValue(value, number);
            writer.put(key, value);
        }
    }

    private ResultLine deleteRandom(Work work) {
        long ns;
        Memory memory;
        try (PeerStore store = peer.open(directory.path(), Sync.AT_END)) {
            long startNs = System.nanoTime();
            for (long from = 0; from < keyCount; from += BATCH) {
                deleteBatch(store, from, Math.min(keyCount, from + BATCH));
            }
            store.sync();
            ns = System.nanoTime() - startNs;
            memory = Memory.now();
        }
        return result(work, keyCount, ns, memory, List.of());
    }

    private static void deleteBatch(PeerStore store, long from, long to) {
        byte[] key = Elements.RANDOM.newKey();
        PeerStore.Writer writer = store.beginWrite(false);
        for (long number = from; number < to; number++) {
            Elements.RANDOM.setKey(key, number);
            writer.delete(key);
        }
        writer.commit();
    }

    private ResultLine churn(Work work) {
        directory.wipe();
        List<Long> sizes = new ArrayList<>();
        long ns = 0;
        long ops = 0;
        Memory memory;
        try (PeerStore store = peer.open(directory.path(), Sync.AT_END)) {
            putAll(store, Elements.RANDOM, keyCount, BATCH, false);
            store.sync();
            sizes.add(directory.sizeBytes());
            for (int round = 1; round <= CHURN_ROUND_COUNT; round++) {
                long startNs = System.nanoTime();
                ops += churnDeletes(store, round);
                ops += churnPuts(store, round);
                store.sync();
                ns += System.nanoTime() - startNs;
                sizes.add(directory.sizeBytes());
            }
            memory = Memory.now();
        }
        return result(work, ops, ns, memory, sizes);
    }

    private long churnDeletes(PeerStore store, long round) {
        byte[] key = Elements.RANDOM.newKey();
        long ops = 0;
        PeerStore.Writer writer = store.beginWrite(false);
        for (long i = 0; i < keyCount; i++) {
            long number = (i * STRIDE + round) % keyCount;
            if ((Elements.mix(number ^ (round << 40)) & 1) != 0) {
                continue;
            }
            Elements.RANDOM.setKey(key, number);
            writer.delete(key);
            if (++ops % BATCH == 0) {
                writer.commit();
                writer = store.beginWrite(false);
            }
        }
        writer.commit();
        return ops;
    }

    private long churnPuts(PeerStore store, long round) {
        byte[] key = Elements.RANDOM.newKey();
        byte[] value = Elements.RANDOM.newValue();
        PeerStore.Writer writer = store.beginWrite(false);
        for (long i = 0; i < keyCount; i++) {
            long number = (i * STRIDE + 7 * round) % keyCount;
            Elements.RANDOM.setKey(key, number);
            Elements.RANDOM.setValue(value, number + round * keyCount);
            writer.put(key, value);
            if ((i + 1) % BATCH == 0) {
                writer.commit();
                writer = store.beginWrite(false);
            }
        }
        writer.commit();
        return keyCount;
    }

    private ResultLine result(Work work, long ops, long ns, Memory memory, List<Long> sizes) {
        return new ResultLine(
                work.label, ops, ns, directory.sizeBytes(), memory.rssKb(), memory.anonKb(), fingerprint(), sizes);
    }

    /// A hash of all keys and values in order.
    private long fingerprint() {
        long hash = 0xcbf29ce484222325L;
        try (PeerStore store = peer.open(directory.path(), Sync.AT_END);
                PeerStore.Reader reader = store.beginRead();
                PeerStore.Walk walk = reader.walk(false)) {
            while (walk.next()) {
                hash = hash(hash(hash, walk.key()), walk.value());
            }
        }
        return hash;
    }

    private static long hash(long before, byte[] bytes) {
        long hash = before;
        for (byte b : bytes) {
            hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        }
        return hash;
    }

    // ---- works that read ----

    /// Reads everything once untimed: the pages are in memory then, and verified where a store does that.
    private ResultLine read(Work work) {
        try (PeerStore store = peer.open(directory.path(), Sync.AT_END)) {
            long sum = readOnce(work, store);
            long startNs = System.nanoTime();
            long again = readOnce(work, store);
            long ns = System.nanoTime() - startNs;
            if (again != sum) {
                throw new IllegalStateException(work.label + " read something else the second time");
            }
            Memory memory = Memory.now();
            long ops = work == Work.GET_RANDOM_2 ? 2 * keyCount : keyCount;
            return new ResultLine(
                    work.label, ops, ns, directory.sizeBytes(), memory.rssKb(), memory.anonKb(), sum, List.of());
        }
    }

    private long readOnce(Work work, PeerStore store) {
        return switch (work) {
            case GET_RANDOM -> getAll(store, 12_345);
            case GET_RANDOM_TX -> getAllInNewTransactions(store, 12_345);
            case GET_RANDOM_2 -> getOnTwoThreads(store);
            case SCAN -> scan(store, false);
            case SCAN_REVERSE -> scan(store, true);
            default -> throw new IllegalArgumentException(work.label);
        };
    }

    private long getAll(PeerStore store, long seed) {
        long sum = 0;
        try (PeerStore.Reader reader = store.beginRead()) {
            for (long i = 0; i < keyCount; i += CHUNK) {
                sum += get(reader, i + seed, Math.min(keyCount, i + CHUNK) + seed);
            }
        }
        return sum;
    }

    private long get(PeerStore.Reader reader, long from, long to) {
        byte[] key = Elements.RANDOM.newKey();
        long sum = 0;
        for (long i = from; i < to; i++) {
            Elements.RANDOM.setKey(key, Elements.pick(i, keyCount));
            sum += reader.touch(key);
        }
        return sum;
    }

    private long getAllInNewTransactions(PeerStore store, long seed) {
        long sum = 0;
        try (PeerStore.Reader reader = store.beginRead()) {
            for (long i = 0; i < keyCount; i += CHUNK) {
                sum += getInNewTransactions(reader, i + seed, Math.min(keyCount, i + CHUNK) + seed);
            }
        }
        return sum;
    }

    private long getInNewTransactions(PeerStore.Reader reader, long from, long to) {
        byte[] key = Elements.RANDOM.newKey();
        long sum = 0;
        for (long i = from; i < to; i++) {
            reader.renew();
            Elements.RANDOM.setKey(key, Elements.pick(i, keyCount));
            sum += reader.touch(key);
        }
        return sum;
    }

    private long getOnTwoThreads(PeerStore store) {
        Callable<Long> first = () -> getAll(store, 12_345);
        Callable<Long> second = () -> getAll(store, 54_321);
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            long sum = 0;
            for (Future<Long> getter : threads.invokeAll(List.of(first, second))) {
                sum += getter.get();
            }
            return sum;
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException("a reading thread failed", e);
        }
    }

    private long scan(PeerStore store, boolean descending) {
        long sum = 0;
        long count = 0;
        try (PeerStore.Reader reader = store.beginRead();
                PeerStore.Walk walk = reader.walk(descending)) {
            while (walk.next()) {
                sum += walk.touch();
                count++;
            }
        }
        if (count != keyCount) {
            throw new IllegalStateException("a scan met " + count + " elements of " + keyCount);
        }
        return sum;
    }
}
