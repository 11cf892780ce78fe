package tenon.mvcc.keyspace;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import tenon.mvcc.AppliedIndex;
import tenon.mvcc.KeyRange;
import tenon.mvcc.MvccStore;
import tenon.mvcc.WriteTxn;

/// A log of random entries, to be applied to a store and to the plain model alike. Entry i has raftIndex i + 1.
final class Workload {
    private sealed interface Entry {}

    private record Txn(List<Op> ops) implements Entry {}

    private record Op(String key, String end, String value, long leaseId) {}

    private record Compaction(long revision) implements Entry {}

    private record Bookkeeping(String key, String value) implements Entry {}

    private record Nothing() implements Entry {}

    static final String BUCKET = "alarm";

    private final List<Entry> entries = new ArrayList<>();
    private final RandomGenerator random;
    private final int keyCount;

    Workload(RandomGenerator random, int keyCount, int entryCount) {
        this.random = random;
        this.keyCount = keyCount;
        PlainKeySpace model = new PlainKeySpace();
        for (int i = 0; i < entryCount; i++) {
            entries.add(next(model));
            apply(model, i);
        }
    }

    int size() {
        return entries.size();
    }

    private Entry next(PlainKeySpace model) {
        int kind = random.nextInt(100);
        long oldest = Math.max(1, model.compacted() + 1);
        if (kind < 4 && oldest <= model.revision()) {
            return new Compaction(oldest + random.nextLong(model.revision() - oldest + 1));
        }
        if (kind < 10) {
            return new Bookkeeping("b" + random.nextInt(5), random.nextBoolean() ? "v" + random.nextInt() : null);
        }
        if (kind < 14) {
            return new Nothing();
        }
        List<Op> ops = new ArrayList<>();
        List<String> used = new ArrayList<>();
        for (int i = kind < 70 ? 1 : random.nextInt(6); i > 0; i--) {
            String key = key();
            if (random.nextInt(4) == 0) {
                ops.add(new Op(key, random.nextInt(5) == 0 ? key + "~" : key + "\0", null, 0));
            } else if (!used.contains(key)) {
                int length = random.nextInt(20) == 0 ? random.nextInt(9_000) : random.nextInt(40);
                ops.add(new Op(key, null, "v".repeat(length) + random.nextInt(), random.nextInt(3)));
            }
            used.add(key);
        }
        return new Txn(ops);
    }

    String key() {
        return "key/" + random.nextInt(keyCount);
    }

    static AppliedIndex at(int i) {
        return new AppliedIndex(1 + i / 100, i + 1);
    }

    void apply(PlainKeySpace model, int i) {
        switch (entries.get(i)) {
            case Nothing nothing -> {}
            case Compaction compaction -> model.compact(compaction.revision);
            case Bookkeeping change -> {
                if (change.value == null) {
                    model.bookkeeping().remove(change.key);
                } else {
                    model.bookkeeping().put(change.key, change.value);
                }
            }
            case Txn txn -> {
                model.begin();
                for (Op op : txn.ops) {
                    if (op.end == null) {
                        model.put(op.key, op.value, op.leaseId);
                    } else {
                        model.deleteRange(op.key, op.end);
                    }
                }
                model.end();
            }
        }
    }

    /// The model after the first entries.
    PlainKeySpace modelAfter(long entryCount) {
        PlainKeySpace model = new PlainKeySpace();
        for (int i = 0; i < entryCount; i++) {
            apply(model, i);
        }
        return model;
    }

    /// @return the end of a compaction, or null
    CompletableFuture<Void> apply(MvccStore store, int i) {
        switch (entries.get(i)) {
            case Nothing nothing -> store.skip(at(i));
            case Compaction compaction -> {
                return store.compact(compaction.revision, at(i));
            }
            case Bookkeeping change -> {
                if (change.value == null) {
                    store.backend().delete(BUCKET, PlainKeySpace.bytes(change.key));
                } else {
                    store.backend().put(BUCKET, PlainKeySpace.bytes(change.key), PlainKeySpace.bytes(change.value));
                }
                store.skip(at(i));
            }
            case Txn txn -> {
                try (WriteTxn write = store.write(at(i))) {
                    txn.ops.forEach(op -> apply(write, op));
                }
            }
        }
        return null;
    }

    private static void apply(WriteTxn write, Op op) {
        byte[] key = PlainKeySpace.bytes(op.key);
        if (op.end == null) {
            write.put(key, PlainKeySpace.bytes(op.value), op.leaseId);
        } else {
            write.deleteRange(new KeyRange(key, PlainKeySpace.bytes(op.end)));
        }
    }
}
