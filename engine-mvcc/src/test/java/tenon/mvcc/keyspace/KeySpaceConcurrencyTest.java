package tenon.mvcc.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tenon.mvcc.CompactedException;
import tenon.mvcc.HistoryLimit;
import tenon.mvcc.KeyRange;
import tenon.mvcc.KeyValue;
import tenon.mvcc.MvccOptions;
import tenon.mvcc.RangeOptions;
import tenon.mvcc.RangeResult;
import tenon.mvcc.ReadTxn;
import tenon.mvcc.WriteTxn;
import tenon.testkit.Seeds;

/// Each transaction sets some keys to its own main revision as text, and deletes or sets the key `odd`. So a reader
/// can tell whether what it sees is the state of one moment.
class KeySpaceConcurrencyTest {
    private static final int KEY_COUNT = 200;
    private static final int TXN_COUNT = 2_500;
    private static final byte[] ODD = PlainKeySpace.bytes("odd");
    private static final byte[] LAST = PlainKeySpace.bytes("last");

    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile boolean done;

    @Test
    void shouldShowReadersOneMomentWhileWritingCommittingAndCompacting() throws InterruptedException {
        long seed = Seeds.seed(getClass());
        MvccOptions options = new MvccOptions(100_000_000, 150, 40, 0, false, 0.9);
        try (TestedKeySpace tested = TestedKeySpace.open(TestedKeySpace.disk(), options)) {
            List<Thread> readers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                RandomGenerator random = Seeds.from(seed + i);
                readers.add(Thread.ofPlatform().start(() -> guarded(() -> readAll(tested.keySpace, random))));
            }
            guarded(() -> write(tested.keySpace, Seeds.from(seed)));
            done = true;
            for (Thread reader : readers) {
                reader.join();
            }
            assertNull(failure.get(), () -> "failed: " + failure.get());
            tested.keySpace.validate();
            tested.assertCheckIsClean();
        }
    }

    private void guarded(Runnable body) {
        try {
            body.run();
        } catch (RuntimeException | Error e) {
            failure.compareAndSet(null, e);
            e.printStackTrace();
        }
    }

    private void write(KeySpace keySpace, RandomGenerator random) {
        int raftIndex = 0;
        for (int i = 0; i < TXN_COUNT && failure.get() == null; i++) {
            long revision;
            try (WriteTxn write = keySpace.write(Workload.at(raftIndex++))) {
                revision = write.revision() + 1;
                byte[] value = PlainKeySpace.bytes(Long.toString(revision));
                write.put(LAST, value, 0);
                for (int k = random.nextInt(4); k > 0; k--) {
                    write.put(PlainKeySpace.bytes("k" + random.nextInt(KEY_COUNT)), value, 0);
                }
                if (revision % 2 == 1) {
                    write.put(ODD, value, 0);
                } else {
                    write.deleteRange(KeyRange.single(ODD));
                }
            }
            assertEquals(revision, keySpace.currentRevision());
            long compacted = revision - random.nextInt(50);
            if (random.nextInt(200) == 0 && compacted > Math.max(1, keySpace.compactedRevision())) {
                keySpace.compact(compacted, Workload.at(raftIndex++));
            }
        }
    }

    private void readAll(KeySpace keySpace, RandomGenerator random) {
        long last = 0;
        while (!done && failure.get() == null) {
            try (ReadTxn read = keySpace.read()) {
                assertTrue(read.revision() >= last, "time goes forward");
                last = read.revision();
                RangeResult now = assertMoment(read, 0);
                if (random.nextInt(4) == 0) {
                    Thread.yield();
                    assertEquals(now, assertMoment(read, 0), "a view does not change");
                }
                long back = Math.max(1, last - random.nextInt(60));
                if (back >= read.compactedRevision()) {
                    RangeResult then = assertMoment(read, back);
                    assertEquals(then, assertMoment(read, back));
                    List<WriteTxn.Change> history = read.history(back + 1, HistoryLimit.NONE).changes();
                    assertTrue(last == back || history.getLast().keyValue().modRevision() == last);
                }
            } catch (CompactedException e) {
                throw new AssertionError("a view that checked its compacted revision", e);
            }
        }
    }

    private static RangeResult assertMoment(ReadTxn read, long asked) {
        long revision = asked == 0 ? read.revision() : asked;
        RangeResult result = read.range(KeyRange.all(), new RangeOptions(asked, 0, false));
        assertEquals(result.keyValues().size(), result.count());
        assertEquals(result.count(), read.range(KeyRange.all(), new RangeOptions(asked, 0, true)).count());
        if (revision == 1) {
            assertEquals(0, result.count());
            return result;
        }
        for (KeyValue keyValue : result.keyValues()) {
            assertTrue(keyValue.modRevision() <= revision);
            assertEquals(keyValue.modRevision(), Long.parseLong(new String(keyValue.value())));
        }
        KeyValue newest = read.range(KeyRange.single(LAST), new RangeOptions(asked, 0, false)).keyValues().getFirst();
        assertEquals(revision, newest.modRevision());
        long odd = read.range(KeyRange.single(ODD), new RangeOptions(asked, 0, true)).count();
        assertEquals(revision % 2, odd);
        return result;
    }
}
