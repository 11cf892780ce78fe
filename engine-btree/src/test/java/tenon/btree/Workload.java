package tenon.btree;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import tenon.api.FileSystem;
import tenon.api.Platform;
import tenon.api.ReadTx;
import tenon.api.WriteTx;
import tenon.testkit.ManualClock;
import tenon.testkit.Seeds;
import tenon.testkit.SimulatedFileSystem;

/// The same transactions on any disk: random, but from one seed. Notes what must be on the disk at each moment.
final class Workload {
    static final Path PATH = Path.of("/disk/store");
    static final BTreeOptions OPTIONS = BTreeOptions.DEFAULT
            .withPageSizeBytes(1024)
            .withMapSegmentSizeBytes(64 << 10)
            .withGrowStepBytesMax(64 << 10);

    private final long seed;
    private final int steps;
    private final BTreeOptions options;
    private BTreeStore store;
    /// What the last successful commit made.
    private Model committed = new Model();
    /// What the commit under way makes; the same as committed between commits.
    private Model attempted = committed;
    private final NavigableMap<Long, Model> history = new TreeMap<>(Map.of(0L, committed));
    private Call call = Call.OPENING_OR_CLOSING;
    private long syncedTxid;

    /// What is under way. Changes of the disk are made by all but a transaction.
    enum Call {
        OPENING_OR_CLOSING,
        TRANSACTION,
        COMMIT,
        DEFRAGMENTATION,
        STEP
    }

    Workload(long seed, int steps) {
        this(seed, steps, SyncMode.LOSE_NOTHING);
    }

    /// @param mode in a relaxed one the workload syncs now and then
    Workload(long seed, int steps, SyncMode mode) {
        this.seed = seed;
        this.steps = steps;
        this.options = OPTIONS.withSyncMode(mode);
    }

    Model committed() {
        return committed;
    }

    Model attempted() {
        return attempted;
    }

    /// What was under way when the workload ended.
    Call call() {
        return call;
    }

    /// The newest commit that a sync or close which has returned made durable, in a relaxed mode.
    long syncedTxid() {
        return syncedTxid;
    }

    /// What the store held at a commit.
    Model at(long txid) {
        return history.floorEntry(txid).getValue();
    }

    /// Null if it was never opened.
    BTreeStore store() {
        return store;
    }

    static Platform platform(FileSystem files) {
        return new Platform(files, new ManualClock(), (name, body) -> new Thread(body, name), 1);
    }

    static SimulatedFileSystem newDisk() {
        SimulatedFileSystem disk = new SimulatedFileSystem();
        disk.createDirectories(PATH.getParent());
        return disk;
    }

    static BTreeStore open(FileSystem files) {
        return BTreeStore.open(platform(files), PATH, OPTIONS);
    }

    void run(FileSystem files) {
        RandomGenerator random = Seeds.from(seed);
        store = BTreeStore.open(platform(files), PATH, options);
        ReadTx pinned = null;
        for (int step = 0; step < steps; step++) {
            transaction(random);
            call = Call.OPENING_OR_CLOSING;
            int event = random.nextInt(12);
            if (event < 4 && pinned == null) {
                pinned = store.beginRead();
            } else if (event < 8 && pinned != null) {
                pinned.close();
                pinned = null;
            } else if (event == 8) {
                call = Call.DEFRAGMENTATION;
                store.defragment();
            } else if (event == 10) {
                call = Call.STEP;
                store.defragmentStep(random.nextInt(1, 100));
            } else if (event == 9) {
                pinned = null;
                close();
                store = BTreeStore.open(platform(files), PATH, options);
                // Differs only if the disk lied about a meta page.
                history.tailMap(store.stats().txid(), false).clear();
                committed = history.lastEntry().getValue();
                attempted = committed;
            }
            if (options.syncMode() != SyncMode.LOSE_NOTHING && random.nextInt(4) == 0) {
                long txid = store.stats().txid();
                store.sync();
                syncedTxid = txid;
            }
        }
        close();
    }

    private void close() {
        call = Call.OPENING_OR_CLOSING;
        long txid = store.stats().txid();
        store.close();
        syncedTxid = txid;
    }

    private void transaction(RandomGenerator random) {
        call = Call.TRANSACTION;
        Model changed = committed.copy();
        try (WriteTx tx = store.beginWrite()) {
            for (int i = random.nextInt(1, 12); i > 0; i--) {
                changed.randomOperation(random, tx, OPTIONS.pageSizeBytes());
            }
            if (random.nextInt(8) > 0) {
                attempted = changed;
                call = Call.COMMIT;
                tx.commit();
                committed = changed;
                history.put(tx.txid(), committed);
            }
        }
    }

    /// Whether the store holds this model.
    static boolean holds(BTreeStore store, Model model) {
        try (ReadTx tx = store.beginRead()) {
            model.assertEqualTo(tx);
            return true;
        } catch (AssertionError e) {
            return false;
        }
    }

    static List<String> findings(BTreeStore store) {
        return store.check().findings();
    }
}
