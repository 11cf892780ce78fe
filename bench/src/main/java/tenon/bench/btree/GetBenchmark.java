package tenon.bench.btree;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import tenon.bench.btree.peers.PeerStore;

/// Random gets. With `-prof gc`: bytes allocated by each.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class GetBenchmark {
    /// A thread's snapshot, and where it is in the sequence of keys.
    @State(Scope.Thread)
    public static class Getter {
        private PeerStore store;
        private PeerStore.Reader reader;
        private byte[] key;
        private long count;
        private long keyCount;

        @Setup(Level.Trial)
        public void begin(LoadedStore loaded) {
            store = loaded.store();
            reader = store.beginRead();
            key = Elements.RANDOM.newKey();
            keyCount = loaded.keys;
            count = Thread.currentThread().threadId() << 32;
        }

        @TearDown(Level.Trial)
        public void end() {
            reader.close();
        }

        byte[] nextKey() {
            Elements.RANDOM.setKey(key, Elements.pick(count++, keyCount));
            return key;
        }
    }

    @Benchmark
    public long get(Getter getter) {
        return getter.reader.touch(getter.nextKey());
    }

    @Benchmark
    public long getInRenewedTransaction(Getter getter) {
        getter.reader.renew();
        return getter.reader.touch(getter.nextKey());
    }

    @Benchmark
    public long getInNewTransaction(Getter getter) {
        try (PeerStore.Reader own = getter.store.beginRead()) {
            return own.touch(getter.nextKey());
        }
    }

    /// What making the keys takes.
    @Benchmark
    public byte[] keysOnly(Getter getter) {
        return getter.nextKey();
    }
}
