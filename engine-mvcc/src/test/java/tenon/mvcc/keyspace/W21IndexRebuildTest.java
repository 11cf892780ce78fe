package tenon.mvcc.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tenon.mvcc.KeyRange;
import tenon.mvcc.RangeOptions;
import tenon.mvcc.RangeResult;
import tenon.mvcc.ReadTxn;
import tenon.mvcc.WriteTxn;
import tenon.testkit.Seeds;
import tenon.testkit.SimulatedFileSystem;

/// W21: treeIndex is nothing but the db's records, seen from the keys: rebuilt from them it answers every read of
/// every revision as the one that grew with the writes.
class W21IndexRebuildTest {
    private static final int ENTRY_COUNT = 300;

    /// All that a reader can ask of the index.
    private static List<RangeResult> answers(KeySpace store) {
        List<RangeResult> answers = new ArrayList<>();
        try (ReadTxn read = store.read()) {
            for (long at = Math.max(1, store.compactedRevision()); at <= store.currentRevision(); at++) {
                answers.add(read.range(KeyRange.all(), new RangeOptions(at, 0, false)));
                answers.add(read.range(KeyRange.all(), new RangeOptions(at, 0, true)));
            }
        }
        return answers;
    }

    @Test
    void shouldAnswerAsBeforeWhenItIsRebuilt() {
        RandomGenerator random = Seeds.random(getClass());
        Workload workload = new Workload(random, 12, ENTRY_COUNT);
        SimulatedFileSystem disk = TestedKeySpace.disk();
        List<RangeResult> grown;
        int i = 0;
        do {
            try (TestedKeySpace tested = TestedKeySpace.open(disk, TestedKeySpace.options(50))) {
                for (int end = i + ENTRY_COUNT / 3; i < end; i++) {
                    workload.apply(tested.keySpace, i);
                }
                grown = answers(tested.keySpace);
            }
            try (TestedKeySpace tested = TestedKeySpace.open(disk, TestedKeySpace.options(50))) {
                assertEquals(grown, answers(tested.keySpace));
                tested.assertEqualTo(workload.modelAfter(i), random);
            }
        } while (i < ENTRY_COUNT);
    }

    @Test
    void shouldKnowGenerationsAndTombstonesAgain() {
        SimulatedFileSystem disk = TestedKeySpace.disk();
        byte[] key = PlainKeySpace.bytes("key");
        List<RangeResult> grown;
        try (TestedKeySpace tested = TestedKeySpace.open(disk, TestedKeySpace.options(3))) {
            for (int i = 0; i < 9; i++) {
                try (WriteTxn write = tested.keySpace.write(Workload.at(i))) {
                    if (i % 3 == 2) {
                        write.deleteRange(KeyRange.single(key));
                    } else {
                        write.put(key, key, i);
                    }
                }
            }
            grown = answers(tested.keySpace);
        }
        try (TestedKeySpace tested = TestedKeySpace.open(disk, TestedKeySpace.options(3))) {
            assertEquals(grown, answers(tested.keySpace));
            try (WriteTxn write = tested.keySpace.write(Workload.at(9))) {
                write.put(key, key, 0);
            }
            try (ReadTxn read = tested.keySpace.read()) {
                var last = read.range(KeyRange.single(key), RangeOptions.DEFAULT).keyValues().getFirst();
                assertEquals(1, last.version(), "a new generation");
                assertEquals(11, last.createRevision());
                var older = read.range(KeyRange.single(key), new RangeOptions(9, 0, false)).keyValues().getFirst();
                assertEquals(2, older.version());
                assertEquals(8, older.createRevision());
            }
        }
    }
}
