package tenon.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tenon.server.metrics.Stage;
import tenon.server.metrics.StageRecorder;
import tenon.testkit.SimulatedFileSystem;

/// W2: quota, then the KV service, which makes a proposal of it: follows one put through the stops of its path, behind
/// gRPC. What comes before them is in `ClientListenerTest`.
class WritePathTest {
    /// Notes the order in which stops end.
    private static final class Trace extends StageRecorder {
        private final List<Stage> order = new ArrayList<>();
        private final CountDownLatch committed = new CountDownLatch(1);
        private boolean follows;

        @Override
        public synchronized void record(Stage stage, long durationNs) {
            super.record(stage, durationNs);
            if (follows) {
                order.add(stage);
                if (stage == Stage.BATCH) {
                    committed.countDown();
                }
            }
        }

        synchronized void follow() {
            follows = true;
        }

        synchronized List<Stage> order() {
            return List.copyOf(order);
        }
    }

    @Test
    void shouldPassEachStopOnceAndInOrder() throws InterruptedException {
        Trace trace = new Trace();
        try (Node node = TestNodes.start(new SimulatedFileSystem(), TestNodes.config().build(), trace)) {
            trace.follow();
            TestNodes.put(node, "hello", "world");
            assertTrue(trace.committed.await(20, TimeUnit.SECONDS), "the batch was not committed");
            List<Stage> order = trace.order();
            List<Stage> inOrder = List.of(
                    Stage.QUOTA,
                    Stage.SEND,
                    Stage.RAFT,
                    Stage.LOG,
                    Stage.QUEUE,
                    Stage.WRITE_TXN,
                    Stage.INDEX,
                    Stage.APPLIER);
            assertEquals(inOrder, order.stream().filter(inOrder::contains).toList());
            for (Stage stage : List.of(Stage.PROPOSE, Stage.RESPOND, Stage.BATCH)) {
                assertEquals(1, order.stream().filter(stage::equals).count(), stage + " in " + order);
            }
            assertTrue(order.indexOf(Stage.APPLIER) < order.indexOf(Stage.RESPOND), order.toString());
            assertTrue(order.indexOf(Stage.INDEX) < order.lastIndexOf(Stage.COMMIT), order.toString());
        }
    }
}
