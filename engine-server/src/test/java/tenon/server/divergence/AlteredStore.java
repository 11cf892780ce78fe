package tenon.server.divergence;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tenon.api.FileSystem;
import tenon.api.Platform;
import tenon.api.ReadTx;
import tenon.btree.BTreeOptions;
import tenon.btree.BTreeStore;
import tenon.mvcc.AppliedIndex;
import tenon.mvcc.Backend;
import tenon.mvcc.HistoryLimit;
import tenon.mvcc.KeyRange;
import tenon.mvcc.KeyValue;
import tenon.mvcc.MvccOptions;
import tenon.mvcc.MvccStore;
import tenon.mvcc.ReadTxn;
import tenon.mvcc.WriteTxn;

/// Makes of a store one of another history that is right in itself, as if some entry had been applied otherwise: so no
/// check of the file alone finds it.
public final class AlteredStore {
    private static final Set<String> OWN_BUCKETS = Set.of("key", "meta");

    private AlteredStore() {}

    /// Replaces the value of a key in all its versions. Nobody may have the store open.
    ///
    /// @param file a store that was never compacted
    public static void alter(FileSystem files, Path file, String key, String otherValue) {
        Platform platform = Platform.system().withFiles(files);
        Map<Long, List<WriteTxn.Change>> history = new LinkedHashMap<>();
        Map<String, List<Backend.Record>> bookkeeping = new LinkedHashMap<>();
        List<String> buckets = buckets(platform, file);
        AppliedIndex applied;
        try (MvccStore store = MvccStore.open(platform, file, MvccOptions.DEFAULT);
                ReadTxn read = store.read()) {
            applied = store.appliedIndex();
            read.history(0, HistoryLimit.NONE)
                    .changes()
                    .forEach(change -> history.computeIfAbsent(
                                    change.keyValue().modRevision(), _ -> new ArrayList<>())
                            .add(change));
            buckets.forEach(bucket -> bookkeeping.put(bucket, store.backend().list(bucket)));
        }
        Path other = file.resolveSibling("altered");
        try (MvccStore store = MvccStore.open(platform, other, MvccOptions.DEFAULT)) {
            long raftIndex = 0;
            for (List<WriteTxn.Change> changes : history.values()) {
                try (WriteTxn write = store.write(new AppliedIndex(1, ++raftIndex))) {
                    changes.forEach(change -> repeat(write, change, key, otherValue));
                }
            }
            bookkeeping.forEach((bucket, records) ->
                    records.forEach(record -> store.backend().put(bucket, record.key(), record.value())));
            store.skip(applied);
        }
        files.rename(other, file);
    }

    private static List<String> buckets(Platform platform, Path file) {
        try (BTreeStore store = BTreeStore.open(platform, file, BTreeOptions.DEFAULT);
                ReadTx tx = store.beginRead()) {
            return tx.bucketNames().stream()
                    .map(name -> new String(name, StandardCharsets.UTF_8))
                    .filter(name -> !OWN_BUCKETS.contains(name))
                    .toList();
        }
    }

    private static void repeat(WriteTxn write, WriteTxn.Change change, String key, String otherValue) {
        KeyValue kv = change.keyValue();
        if (change.isDelete()) {
            write.deleteRange(KeyRange.single(kv.key()));
        } else {
            boolean isTheOne = new String(kv.key(), StandardCharsets.UTF_8).equals(key);
            byte[] value = isTheOne ? otherValue.getBytes(StandardCharsets.UTF_8) : kv.value();
            write.put(kv.key(), value, kv.leaseId());
        }
    }
}
