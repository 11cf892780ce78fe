package tenon.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import tenon.api.Platform;
import tenon.mvcc.MvccOptions;
import tenon.mvcc.MvccStore;
import tenon.server.error.EtcdError;
import tenon.server.rpc.RequestOp;
import tenon.server.rpc.TxnRequest;
import tenon.testkit.SimulatedFileSystem;

/// An entry that cannot be applied to its end.
class ApplyFailureTest {
    private final SimulatedFileSystem files = new SimulatedFileSystem();

    private static RequestOp put(String key) {
        return RequestOp.newBuilder().setRequestPut(TestNodes.put(key, "1")).build();
    }

    /// The client's side refuses empty keys; here one stands for whatever fails in the middle.
    @Test
    void shouldKeepNothingOfATxnThatFailedInTheMiddle() {
        try (Node node = TestNodes.start(files)) {
            TestNodes.put(node, "before", "1");
            TxnRequest txn = TxnRequest.newBuilder().addSuccess(put("half")).addSuccess(put("")).build();
            assertEquals(EtcdError.STOPPED, TestNodes.refusal(node.kv().txn(txn)));
            assertNotNull(node.failure().reason().join());
            assertEquals(2, TestNodes.await(node.kv().range(TestNodes.get("before").toBuilder()
                    .setSerializable(true).build())).getHeader().getRevision());
        }
        try (MvccStore store = MvccStore.open(
                Platform.system().withFiles(files), Path.of("/data/member/snap/db"), MvccOptions.DEFAULT)) {
            assertTrue(store.currentRevision() <= 2, "half of the transaction is in the store");
        }
    }
}
