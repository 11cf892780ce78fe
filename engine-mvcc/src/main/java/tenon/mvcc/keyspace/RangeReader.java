package tenon.mvcc.keyspace;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import tenon.mvcc.KeyRange;
import tenon.mvcc.KeyValue;
import tenon.mvcc.RangeCount;
import tenon.mvcc.RangeOptions;
import tenon.mvcc.RangeResult;
import tenon.mvcc.backend.BackendRead;
import tenon.mvcc.index.IndexSnapshot;
import tenon.mvcc.index.IndexVisitor;
import tenon.mvcc.index.PackedKeys;
import tenon.mvcc.index.VisibleVersion;

/// Reads ranges of a view: which versions are visible says the index, their bytes come from the backend.
final class RangeReader {
    private final VisibleVersion version = new VisibleVersion();
    private final IndexSnapshot index;
    private final Head.Position position;
    private final BackendRead<?> records;

    RangeReader(IndexSnapshot index, Head.Position position, BackendRead<?> records) {
        this.index = index;
        this.position = position;
        this.records = records;
    }

    RangeResult read(KeyRange range, RangeOptions options) {
        List<KeyValue> found = new ArrayList<>();
        RangeCount all = visit(range, options, found::add);
        return new RangeResult(found, all.count(), all.revision());
    }

    RangeCount visit(KeyRange range, RangeOptions options, Predicate<KeyValue> visitor) {
        long asked = options.revision();
        if (asked > 0) {
            position.checkReadable(asked);
        }
        long atMain = asked <= 0 || asked == position.revision() ? IndexSnapshot.CURRENT : asked;
        long count;
        if (range.isSingleKey()) {
            count = visitKey(range.start(), atMain, options.countOnly(), visitor);
        } else if (options.countOnly()) {
            count = count(range, atMain);
        } else {
            count = visitRange(range, atMain, options.limit() <= 0 ? Long.MAX_VALUE : options.limit(), visitor);
        }
        return new RangeCount(count, position.revision());
    }

    private long visitKey(byte[] key, long atMain, boolean countOnly, Predicate<KeyValue> visitor) {
        if (!index.find(key, atMain, version)) {
            return 0;
        }
        if (!countOnly) {
            visitor.test(new KeyValue(records.record(version.main(), version.sub())));
        }
        return 1;
    }

    private long visitRange(KeyRange range, long atMain, long limit, Predicate<KeyValue> visitor) {
        Visit visit = new Visit(limit, visitor);
        index.visit(range, atMain, visit);
        return visit.isCut ? count(range, atMain) : visit.count;
    }

    /// Hands records on until somebody has enough.
    private final class Visit implements IndexVisitor {
        private final long limit;
        private final Predicate<KeyValue> visitor;
        private long count;
        private boolean isCut;

        Visit(long limit, Predicate<KeyValue> visitor) {
            this.limit = limit;
            this.visitor = visitor;
        }

        @Override
        public boolean onKey(PackedKeys keys, int i, long main, int sub) {
            count++;
            isCut = !visitor.test(new KeyValue(records.record(main, sub))) || count == limit;
            return !isCut;
        }
    }

    private long count(KeyRange range, long atMain) {
        if (atMain == IndexSnapshot.CURRENT) {
            return index.count(range);
        }
        long[] count = {0};
        index.visit(range, atMain, (keys, i, main, sub) -> {
            count[0]++;
            return true;
        });
        return count[0];
    }
}
