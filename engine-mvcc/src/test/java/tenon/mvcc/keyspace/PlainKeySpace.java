package tenon.mvcc.keyspace;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tenon.mvcc.KeyValue;
import tenon.mvcc.StateHash;
import tenon.mvcc.layout.RecordHasher;

/// The key space as plainly as it can be said: every version of every key, for ever.
final class PlainKeySpace {
    /// One version; a tombstone has version 0.
    record Row(String key, long main, int sub, String value, KeyValue.Origin origin, long leaseId) {
        boolean isTombstone() {
            return origin.version() == 0;
        }

        KeyValue encoded() {
            return isTombstone()
                    ? KeyValue.tombstone(bytes(key), main)
                    : KeyValue.of(bytes(key), bytes(value), origin, main, leaseId);
        }

        String revision() {
            return main + "_" + sub + (isTombstone() ? "t" : "");
        }
    }

    private final TreeMap<String, List<Row>> keys = new TreeMap<>();
    private final TreeMap<String, String> bookkeeping = new TreeMap<>();
    private final TreeMap<Long, Long> chains = new TreeMap<>(Map.of(1L, 0L));
    private final RecordHasher hasher = new RecordHasher();
    private long chain;
    private long revision = 1;
    private long compacted = -1;
    private int sub;

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    long revision() {
        return revision;
    }

    long compacted() {
        return compacted;
    }

    TreeMap<String, String> bookkeeping() {
        return bookkeeping;
    }

    /// Begins a transaction.
    void begin() {
        sub = 0;
    }

    void put(String key, String value, long leaseId) {
        Row last = last(key);
        long version = last == null ? 1 : last.origin.version() + 1;
        long main = revision + 1;
        long create = version == 1 ? main : last.origin.createRevision();
        add(new Row(key, main, sub++, value, new KeyValue.Origin(create, version), leaseId));
    }

    long deleteRange(String from, String to) {
        List<String> doomed = new ArrayList<>(visible(Long.MAX_VALUE, from, to).keySet());
        for (String key : doomed) {
            add(new Row(key, revision + 1, sub++, "", new KeyValue.Origin(0, 0), 0));
        }
        return doomed.size();
    }

    /// Ends a transaction.
    void end() {
        if (sub > 0) {
            revision++;
            chains.put(revision, chain);
        }
    }

    void compact(long atMain) {
        compacted = atMain;
    }

    StateHash stateHash(long atMain) {
        return new StateHash(chains.get(atMain), 1);
    }

    private Row last(String key) {
        List<Row> rows = keys.get(key);
        return rows == null ? null : rows.getLast();
    }

    private void add(Row row) {
        keys.computeIfAbsent(row.key, name -> new ArrayList<>()).add(row);
        long hash = hasher.hash(row.main, row.sub, row.isTombstone(), row.encoded().encoded());
        chain = RecordHasher.chain(chain, hash);
    }

    /// What exists at a main revision in `[from, to)`; an empty `to` is no bound.
    SortedMap<String, Row> visible(long atMain, String from, String to) {
        TreeMap<String, Row> visible = new TreeMap<>();
        if (!to.isEmpty() && from.compareTo(to) >= 0) {
            return visible;
        }
        SortedMap<String, List<Row>> inside = to.isEmpty() ? keys.tailMap(from) : keys.subMap(from, to);
        inside.forEach((key, rows) -> {
            Row found = lastAt(rows, atMain);
            if (found != null && !found.isTombstone()) {
                visible.put(key, found);
            }
        });
        return visible;
    }

    private static Row lastAt(List<Row> rows, long atMain) {
        Row found = null;
        for (Row row : rows) {
            found = row.main <= atMain ? row : found;
        }
        return found;
    }

    /// All that a store has to keep, in order of revisions.
    List<Row> kept() {
        List<Row> kept = new ArrayList<>();
        for (List<Row> rows : keys.values()) {
            Row visible = lastAt(rows, compacted);
            for (Row row : rows) {
                boolean forgotten = row.main <= compacted
                        && (row != visible || row.isTombstone() && row.main < compacted);
                if (!forgotten) {
                    kept.add(row);
                }
            }
        }
        kept.sort((a, b) -> a.main != b.main ? Long.compare(a.main, b.main) : Integer.compare(a.sub, b.sub));
        return kept;
    }
}
