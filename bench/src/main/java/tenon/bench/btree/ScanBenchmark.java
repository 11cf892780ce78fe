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

/// Steps of a cursor, with a look at key and value; it begins anew at the end.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class ScanBenchmark {
    /// A thread's snapshot and two walks on it.
    @State(Scope.Thread)
    public static class Walker {
        private PeerStore.Reader reader;
        private PeerStore.Walk forward;
        private PeerStore.Walk backward;

        @Setup(Level.Trial)
        public void begin(LoadedStore loaded) {
            reader = loaded.store().beginRead();
            forward = reader.walk(false);
            backward = reader.walk(true);
        }

        @TearDown(Level.Trial)
        public void end() {
            forward.close();
            backward.close();
            reader.close();
        }
    }

    @Benchmark
    public long next(Walker walker) {
        if (!walker.forward.next()) {
            walker.forward.close();
            walker.forward = walker.reader.walk(false);
            walker.forward.next();
        }
        return walker.forward.touch();
    }

    @Benchmark
    public long previous(Walker walker) {
        if (!walker.backward.next()) {
            walker.backward.close();
            walker.backward = walker.reader.walk(true);
            walker.backward.next();
        }
        return walker.backward.touch();
    }
}
