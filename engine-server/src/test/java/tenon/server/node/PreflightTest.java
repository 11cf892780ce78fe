package tenon.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import tenon.api.Platform;
import tenon.server.error.EtcdError;
import tenon.server.kv.Proposer;
import tenon.server.rpc.PutResponse;
import tenon.testkit.ManualClock;
import tenon.testkit.SimulatedFileSystem;

/// W8, W10, W11.
class PreflightTest {
    private static final long MS = 1_000_000L;

    private final SimulatedFileSystem files = new SimulatedFileSystem();

    @Test
    void w08ShouldRefuseWhenTooMuchIsCommittedButNotApplied() {
        ApplyGate gate = new ApplyGate();
        try (Node node = TestNodes.start(files, TestNodes.config().build(), gate)) {
            gate.close();
            List<CompletableFuture<PutResponse>> puts = new ArrayList<>();
            EtcdError error = null;
            try {
                while (error == null && puts.size() < 20 * Proposer.UNAPPLIED_COUNT_MAX) {
                    CompletableFuture<PutResponse> put = node.kv().put(TestNodes.put("k", "v"));
                    if (put.isCompletedExceptionally()) {
                        error = TestNodes.refusal(put);
                    } else {
                        puts.add(put);
                    }
                }
            } finally {
                gate.open();
            }
            assertEquals(EtcdError.TOO_MANY_REQUESTS, error);
            puts.forEach(TestNodes::await);
            assertNull(TestNodes.refusal(node.kv().put(TestNodes.put("k", "v"))));
            assertEquals(puts.size() + 1, TestNodes.get(node, "k").getKvs(0).getVersion());
        }
    }

    @Test
    void w10ShouldRefuseARequestThatIsTooLarge() {
        try (Node node = TestNodes.start(files, TestNodes.config().maxRequestBytes(1000).build())) {
            assertEquals(
                    EtcdError.REQUEST_TOO_LARGE, TestNodes.refusal(node.kv().put(TestNodes.put("k", "v".repeat(1000)))));
            assertNull(TestNodes.refusal(node.kv().put(TestNodes.put("k", "v".repeat(900)))));
        }
    }

    @Test
    void w11ShouldTellThatTheTimeIsOverAndStillWrite() {
        ManualClock clock = new ManualClock();
        ApplyGate gate = new ApplyGate();
        Platform platform = Platform.system().withFiles(files).withClock(clock);
        try (Node node = Node.start(TestNodes.config().build(), platform, gate)) {
            gate.close();
            try {
                CompletableFuture<PutResponse> put = node.kv().put(TestNodes.put("k", "v"));
                clock.advanceNs(6_900 * MS);
                assertFalse(put.isDone());
                clock.advanceNs(200 * MS);
                assertEquals(EtcdError.TIMEOUT, TestNodes.refusal(put));
            } finally {
                gate.open();
            }
            // A read may come before a write that nobody was told of; a later write comes after it.
            TestNodes.put(node, "k", "later");
            assertEquals(2, TestNodes.get(node, "k").getKvs(0).getVersion());
        }
    }
}
