package tenon.mvcc.keyspace;

import java.util.ArrayList;
import java.util.List;
import tenon.mvcc.KeyRange;
import tenon.mvcc.KeyValue;
import tenon.mvcc.RangeOptions;
import tenon.mvcc.RangeResult;
import tenon.mvcc.backend.BackendRead;
import tenon.mvcc.index.IndexSnapshot;
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
        long asked = options.revision();
        if (asked > 0) {
            position.checkReadable(asked);
        }
        long atMain = asked <= 0 || asked == position.revision() ? IndexSnapshot.CURRENT : asked;
        if (range.isSingleKey()) {
            return readKey(range.start(), atMain, options.countOnly());
        }
        if (options.countOnly()) {
            return new RangeResult(List.of(), count(range, atMain), position.revision());
        }
        return readRange(range, atMain, options.limit() <= 0 ? Long.MAX_VALUE : options.limit());
    }

    private RangeResult readKey(byte[] key, long atMain, boolean countOnly) {
        if (!index.find(key, atMain, version)) {
            return new RangeResult(List.of(), 0, position.revision());
        }
        List<KeyValue> found =
                countOnly ? List.of() : List.of(new KeyValue(records.record(version.main(), version.sub())));
        return new RangeResult(found, 1, position.revision());
    }

    private RangeResult readRange(KeyRange range, long atMain, long limit) {
        List<KeyValue> found = new ArrayList<>();
        index.visit(range, atMain, (keys, i, main, sub) -> {
            found.add(new KeyValue(records.record(main, sub)));
            return found.size() < limit;
        });
        long count = found.size() < limit ? found.size() : count(range, atMain);
        return new RangeResult(found, count, position.revision());
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
