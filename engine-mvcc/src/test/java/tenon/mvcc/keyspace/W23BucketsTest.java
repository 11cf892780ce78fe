package tenon.mvcc.keyspace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import tenon.api.ReadTx;
import tenon.mvcc.Backend;
import tenon.mvcc.KeyRange;
import tenon.mvcc.RangeOptions;
import tenon.mvcc.ReadTxn;
import tenon.mvcc.WriteTxn;
import tenon.mvcc.layout.MetaLayout;

/// W23: user data, bookkeeping, and what leases, alarms, members and auth keep do not meet, whatever their keys are.
class W23BucketsTest {
    private static final List<String> BOOKKEEPING = List.of("alarm", "auth", "lease", "members");

    private static List<String> buckets(TestedKeySpace tested) {
        try (ReadTx tx = tested.store.beginRead()) {
            return tx.bucketNames().stream().map(String::new).toList();
        }
    }

    @Test
    void shouldKeepKeySpacesApart() {
        var disk = TestedKeySpace.disk();
        try (TestedKeySpace tested = TestedKeySpace.open(disk, TestedKeySpace.options(100))) {
            KeySpace store = tested.keySpace;
            Backend backend = store.backend();
            byte[] key = PlainKeySpace.bytes(MetaLayout.CONSISTENT_INDEX);
            BOOKKEEPING.forEach(bucket -> backend.put(bucket, key, PlainKeySpace.bytes(bucket)));
            try (WriteTxn write = store.write(Workload.at(0))) {
                write.put(key, PlainKeySpace.bytes("user"), 0);
                BOOKKEEPING.forEach(name -> write.put(PlainKeySpace.bytes(name), key, 0));
            }
            backend.commit();
            assertEquals(List.of("alarm", "auth", "key", "lease", "members", "meta"), buckets(tested));
            assertEquals(Workload.at(0), backend.durableIndex());
            try (WriteTxn write = store.write(Workload.at(1))) {
                assertEquals(5, write.deleteRange(KeyRange.all()));
            }
            backend.delete("lease", key);
            store.skip(Workload.at(2));
        }
        try (TestedKeySpace tested = TestedKeySpace.open(disk, TestedKeySpace.options(100))) {
            assertEquals(Workload.at(2), tested.keySpace.appliedIndex());
            try (ReadTxn read = tested.keySpace.read()) {
                assertEquals(0, read.range(KeyRange.all(), RangeOptions.DEFAULT).count());
            }
            for (String bucket : BOOKKEEPING) {
                List<Backend.Record> records = tested.keySpace.backend().list(bucket);
                assertEquals(bucket.equals("lease") ? 0 : 1, records.size(), bucket);
                records.forEach(record -> assertArrayEquals(PlainKeySpace.bytes(bucket), record.value()));
            }
            tested.assertCheckIsClean();
        }
    }
}
