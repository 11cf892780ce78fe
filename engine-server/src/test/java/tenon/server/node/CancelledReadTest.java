package tenon.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.grpc.Context;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import tenon.server.error.EtcdError;
import tenon.server.rpc.RangeResponse;
import tenon.testkit.SimulatedFileSystem;

class CancelledReadTest {
    @Test
    void shouldNotReadForWhoHasGone() {
        try (Node node = TestNodes.start(new SimulatedFileSystem())) {
            TestNodes.put(node, "a", "1");
            AtomicReference<CompletableFuture<RangeResponse>> read = new AtomicReference<>();
            Context.CancellableContext call = Context.current().withCancellation();
            call.cancel(null);
            call.run(() -> read.set(node.kv().range(TestNodes.get("a"))));
            assertEquals(EtcdError.TIMEOUT, TestNodes.refusal(read.get()));
            assertEquals(1, TestNodes.get(node, "a").getKvsCount());
        }
    }
}
