package tenon.bench.btree;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import tenon.bench.btree.peers.PeerStore;

/// Transactions that are not synced, on random keys that are there: the store keeps its size.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(1)
public class PutBenchmark {
    /// The one writer.
    @State(Scope.Benchmark)
    public static class Putter {
        private PeerStore store;
        private final byte[] key = Elements.RANDOM.newKey();
        private final byte[] value = Elements.RANDOM.newValue();
        private long count;
        private long keyCount;

        @Setup(Level.Trial)
        public void begin(LoadedStore loaded) {
            store = loaded.store();
            keyCount = loaded.keys;
        }

        void put(int size) {
            PeerStore.Writer writer = store.beginWrite(false);
            for (int i = 0; i < size; i++) {
                setNext();
                writer.put(key, value);
            }
            writer.commit();
        }

        void replace(int size) {
            PeerStore.Writer writer = store.beginWrite(false);
            for (int i = 0; i < size; i++) {
                setNext();
                writer.delete(key);
                writer.put(key, value);
            }
            writer.commit();
        }

        private void setNext() {
            Elements.RANDOM.setKey(key, Elements.pick(count, keyCount));
            Elements.RANDOM.setValue(value, count++);
        }
    }

    @Benchmark
    @OperationsPerInvocation(Phases.BATCH)
    public void putThousand(Putter putter) {
        putter.put(Phases.BATCH);
    }

    @Benchmark
    public void putOne(Putter putter) {
        putter.put(1);
    }

    /// Each key is deleted and put again.
    @Benchmark
    @OperationsPerInvocation(Phases.BATCH)
    public void replaceThousand(Putter putter) {
        putter.replace(Phases.BATCH);
    }
}
