package tenon.server.grpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tenon.server.rpc.MaintenanceGrpc;
import tenon.server.rpc.SnapshotRequest;
import tenon.server.rpc.SnapshotResponse;

@Timeout(60)
class SnapshotMethodTest {
    @AutoClose
    private final TestNode node = new TestNode();

    @Test
    void shouldSendTheStoreAndItsChecksum() throws Exception {
        for (int sizeBytes : new int[] {0, 1, 4096, 65_536, 65_537, 3_000_000}) {
            byte[] store = new byte[sizeBytes];
            new Random(sizeBytes).nextBytes(store);
            node.maintenance.snapshot = store;

            ByteArrayOutputStream saved = new ByteArrayOutputStream();
            List<Long> remaining = new ArrayList<>();
            Iterator<SnapshotResponse> responses = snapshot();
            while (responses.hasNext()) {
                SnapshotResponse response = responses.next();
                assertTrue(response.getBlob().size() <= SnapshotStream.CHUNK_SIZE_BYTES);
                response.getBlob().writeTo(saved);
                remaining.add(response.getRemainingBytes());
                assertEquals(Math.max(0, sizeBytes - saved.size()), response.getRemainingBytes());
            }
            byte[] file = saved.toByteArray();
            assertArrayEquals(store, Arrays.copyOf(file, sizeBytes));
            assertArrayEquals(
                    MessageDigest.getInstance("SHA-256").digest(store),
                    Arrays.copyOfRange(file, sizeBytes, file.length));
            assertEquals(0, remaining.getLast());
        }
    }

    @Test
    void shouldReadTheStoreNoFasterThanTheClient() throws Exception {
        node.maintenance.snapshot = new byte[32 << 20];
        SlowClient client = new SlowClient();
        client.call.request(1);
        while (client.receivedCount() == 0) {
            Thread.sleep(5);
        }
        Thread.sleep(200);
        long written = node.maintenance.snapshotWrittenBytes.get();
        assertTrue(written < 8 << 20, "sent ahead: " + written);

        client.call.request(Integer.MAX_VALUE);
        assertEquals(Status.Code.OK, client.awaitEnd().getCode());
        assertEquals((32 << 20) / SnapshotStream.CHUNK_SIZE_BYTES + 1, client.receivedCount());
    }

    @Test
    void shouldStopWhenTheClientGoesAway() throws Exception {
        node.maintenance.snapshot = new byte[32 << 20];
        SlowClient client = new SlowClient();
        client.call.request(1);
        while (client.receivedCount() == 0) {
            Thread.sleep(5);
        }
        client.call.cancel("enough", null);
        assertTrue(node.maintenance.snapshotEnded.await(10, TimeUnit.SECONDS));
        assertTrue(node.maintenance.snapshotWrittenBytes.get() < 32 << 20);
    }

    @Test
    void shouldNotPassOffAShortSnapshotAsWhole() {
        node.maintenance.snapshot = new byte[10_000];
        node.maintenance.missingBytes = 1;
        assertEquals(Failures.UNEXPECTED.getDescription(), failure().getDescription());
        node.maintenance.missingBytes = -1;
        assertEquals(Failures.UNEXPECTED.getDescription(), failure().getDescription());
    }

    @Test
    void shouldCloseWhileASnapshotIsStuck() throws Exception {
        try (TestNode other = new TestNode(options -> new ClientOptions(
                options.addresses(), List.of(), null, 1_000_000, 128, 100, 5, 1_000_000_000_000L, 5, 1_000_000_000, 50_000_000))) {
            other.maintenance.snapshot = new byte[32 << 20];
            SlowClient client = new SlowClient(other);
            client.call.request(1);
            while (client.receivedCount() == 0) {
                Thread.sleep(5);
            }
            other.listener.close();
            assertTrue(other.maintenance.snapshotEnded.await(10, TimeUnit.SECONDS));
        }
    }

    private Status failure() {
        return assertThrows(StatusRuntimeException.class, () -> snapshot().forEachRemaining(_ -> {}))
                .getStatus();
    }

    private Iterator<SnapshotResponse> snapshot() {
        return MaintenanceGrpc.newBlockingStub(node.channel).snapshot(SnapshotRequest.getDefaultInstance());
    }

    /// Takes messages only when asked to.
    private final class SlowClient extends ClientCall.Listener<SnapshotResponse> {
        final ClientCall<SnapshotRequest, SnapshotResponse> call;
        private int receivedCount;
        private Status end;

        SlowClient() {
            this(node);
        }

        SlowClient(TestNode node) {
            call = node.channel.newCall(MaintenanceGrpc.getSnapshotMethod(), CallOptions.DEFAULT);
            call.start(this, new Metadata());
            call.sendMessage(SnapshotRequest.getDefaultInstance());
            call.halfClose();
        }

        @Override
        public synchronized void onMessage(SnapshotResponse response) {
            receivedCount++;
        }

        @Override
        public synchronized void onClose(Status status, Metadata trailers) {
            end = status;
            notifyAll();
        }

        synchronized int receivedCount() {
            return receivedCount;
        }

        synchronized Status awaitEnd() throws InterruptedException {
            while (end == null) {
                wait(20_000);
            }
            return end;
        }
    }
}
