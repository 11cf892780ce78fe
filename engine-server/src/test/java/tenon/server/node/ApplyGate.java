package tenon.server.node;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tenon.server.metrics.Stage;
import tenon.server.metrics.StageRecorder;

/// Holds the apply thread where it begins with a request, once it is closed.
final class ApplyGate extends StageRecorder {
    private volatile CountDownLatch closed = new CountDownLatch(0);

    void close() {
        closed = new CountDownLatch(1);
    }

    void open() {
        closed.countDown();
    }

    @Override
    public void record(Stage stage, long durationNs) {
        super.record(stage, durationNs);
        if (stage == Stage.QUEUE) {
            try {
                closed.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
