package tenon.mvcc.watch;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import tenon.api.Platform;
import tenon.btree.BTreeOptions;
import tenon.btree.BTreeStore;
import tenon.mvcc.AppliedIndex;
import tenon.mvcc.HistoryLimit;
import tenon.mvcc.KeyRange;
import tenon.mvcc.MvccOptions;
import tenon.mvcc.MvccStore;
import tenon.mvcc.WatchEvent;
import tenon.mvcc.WatchHub;
import tenon.mvcc.WatchNotice;
import tenon.mvcc.WatchOptions;
import tenon.mvcc.WatchRequest;
import tenon.mvcc.WatchStream;
import tenon.mvcc.WriteTxn;
import tenon.mvcc.keyspace.Recovery;
import tenon.testkit.ManualClock;
import tenon.testkit.SimulatedFileSystem;

/// A key space on a simulated disk, and a hub that watches it. The test's thread is the writer.
final class WatchedStore implements AutoCloseable {
    static final long INTERVAL_NS = 1_000;
    private static final Path FILE = Path.of("/data/db");
    private static final BTreeOptions SMALL = BTreeOptions.DEFAULT
            .withPageSizeBytes(1024)
            .withMapSegmentSizeBytes(1 << 18)
            .withGrowStepBytesMax(1 << 18);

    final ManualClock clock = new ManualClock();
    final MvccStore store;
    final WatchHub hub;

    WatchedStore() {
        this(WatchOptions.DEFAULT.withProgressIntervalNs(INTERVAL_NS));
    }

    WatchedStore(WatchOptions options) {
        SimulatedFileSystem disk = new SimulatedFileSystem();
        disk.createDirectories(FILE.getParent());
        Platform platform = new Platform(disk, clock, Platform.system().threads(), 1);
        store = Recovery.open(
                platform,
                BTreeStore.open(platform, FILE, SMALL),
                new MvccOptions(100_000_000, 50, 7, 0, false, 0.9));
        hub = WatchHub.start(platform, store, options);
    }

    /// Windows of some changes, and room for hardly any.
    static WatchOptions narrow() {
        return new WatchOptions(INTERVAL_NS, 2, new HistoryLimit(3, 10_000), 200, 1_000);
    }

    long put(String key, String value) {
        return write(txn -> txn.put(bytes(key), bytes(value), 0));
    }

    long delete(String key) {
        return write(txn -> txn.deleteRange(KeyRange.single(bytes(key))));
    }

    /// @return the revision after it
    long write(Consumer<WriteTxn> changes) {
        try (WriteTxn txn = store.write(next())) {
            changes.accept(txn);
        }
        return store.currentRevision();
    }

    CompletableFuture<Void> compact(long revision) {
        return store.compact(revision, next());
    }

    private AppliedIndex next() {
        return new AppliedIndex(1, store.appliedIndex().raftIndex() + 1);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    static KeyRange key(String key) {
        return KeyRange.single(bytes(key));
    }

    static KeyRange range(String start, String end) {
        return new KeyRange(bytes(start), bytes(end));
    }

    static WatchRequest from(long startRevision, KeyRange range) {
        return new WatchRequest(0, range, startRevision, WatchRequest.Wants.EVENTS);
    }

    /// For people: `k=v@2`, `k-@3`, and `(was …)` behind it.
    static String text(WatchEvent event) {
        String previous = event.previous() == null
                ? ""
                : " (was " + text(event.previous().value()) + "@" + event.previous().modRevision() + ")";
        String change = event.isDelete() ? "-" : "=" + text(event.keyValue().value());
        return text(event.keyValue().key()) + change + "@" + event.keyValue().modRevision() + previous;
    }

    static List<String> texts(List<WatchEvent> events) {
        return events.stream().map(WatchedStore::text).toList();
    }

    static List<String> notices(List<WatchNotice> notices) {
        return notices.stream()
                .map(notice -> switch (notice) {
                    case WatchNotice.Created created -> "created " + created.watchId() + " at " + created.revision();
                    case WatchNotice.Refused refused -> "refused " + refused.refusal();
                    case WatchNotice.Events some ->
                        some.watchId() + " at " + some.revision() + " " + texts(some.events());
                    case WatchNotice.Progress progress ->
                        "progress " + progress.watchId() + " at " + progress.revision();
                    case WatchNotice.Canceled canceled ->
                        "canceled " + canceled.watchId() + " at " + canceled.revision();
                    case WatchNotice.Compacted compacted ->
                        "compacted " + compacted.watchId() + " at " + compacted.revision();
                })
                .toList();
    }

    /// Waits until all that was asked for so far has been told.
    static void awaitAll(WatchStream stream, RecordingSink sink) {
        long before = progressCount(sink.told());
        stream.requestProgress();
        sink.await(all -> progressCount(all) > before);
    }

    private static long progressCount(List<WatchNotice> notices) {
        return notices.stream()
                .filter(notice -> notice instanceof WatchNotice.Progress progress
                        && progress.watchId() == WatchNotice.Progress.ALL)
                .count();
    }

    @Override
    public void close() {
        hub.close();
        store.close();
    }
}
