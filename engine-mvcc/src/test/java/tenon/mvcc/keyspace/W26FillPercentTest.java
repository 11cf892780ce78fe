package tenon.mvcc.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tenon.api.BucketStats;
import tenon.api.ReadTx;
import tenon.mvcc.MvccOptions;
import tenon.mvcc.WriteTxn;
import tenon.mvcc.layout.MetaLayout;

/// W26: records come in revision order, whatever order their keys have, and fill the pages of the key bucket to the
/// percent it is configured to, batch by batch.
class W26FillPercentTest {
    private static final int PUT_COUNT = 4_000;

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 0.9, 1.0})
    void shouldFillThePagesOfTheKeyBucket(double fillPercent) {
        MvccOptions options = new MvccOptions(100_000_000, 50, 100, 0, false, fillPercent);
        try (TestedKeySpace tested = TestedKeySpace.open(TestedKeySpace.disk(), options)) {
            for (int i = 0; i < PUT_COUNT; i++) {
                try (WriteTxn write = tested.keySpace.write(Workload.at(i))) {
                    write.put(PlainKeySpace.bytes("key" + i * 7919 % 1000), new byte[4], 0);
                }
            }
            tested.keySpace.backend().commit();
            try (ReadTx tx = tested.store.beginRead()) {
                BucketStats stats = tx.bucket(MetaLayout.name(MetaLayout.KEY_BUCKET)).stats();
                assertEquals(PUT_COUNT, stats.keyCount());
                double filled = (double) stats.usedBytes() / stats.pageBytes();
                assertEquals(fillPercent, filled, 0.07, stats.toString());
            }
            tested.assertCheckIsClean();
        }
    }

    @Test
    void shouldLeaveALittleRoomByDefault() {
        assertEquals(0.9, MvccOptions.DEFAULT.keyFillPercent());
    }
}
