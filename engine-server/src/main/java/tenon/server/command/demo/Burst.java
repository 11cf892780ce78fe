package tenon.server.command.demo;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import tenon.api.Threads;
import tenon.server.command.ctl.Connection;
import tenon.server.rpc.PutRequest;

/// Several clients that write as fast as they can, each to its own keys, until they are told to stop or the node is
/// gone.
final class Burst implements AutoCloseable {
    private static final int KEYS_PER_CLIENT = 64;

    private final WriteLedger ledger;
    private final String name;
    private final AtomicBoolean isStopped = new AtomicBoolean();
    private final AtomicLong acknowledgedCount = new AtomicLong();
    private final List<Thread> clients = new ArrayList<>();
    private final Connection connection;

    /// @param name stands in the values, so that bursts can be told apart
    Burst(NodeProcess node, WriteLedger ledger, String name, int clientCount, Threads threads) {
        this.ledger = ledger;
        this.name = name;
        this.connection = node.connect();
        for (int i = 0; i < clientCount; i++) {
            int client = i;
            clients.add(threads.start("burst-" + i, () -> write(client)));
        }
    }

    private void write(int client) {
        for (long i = 0; !isStopped.get(); i++) {
            String key = "burst/" + client + "/" + i % KEYS_PER_CLIENT;
            String value = name + " " + client + " " + i;
            ledger.onAttempt(key, value);
            try {
                var response = connection.kv().put(PutRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(key))
                        .setValue(ByteString.copyFromUtf8(value))
                        .build());
                ledger.onAcknowledged(key, response.getHeader().getRevision());
                acknowledgedCount.incrementAndGet();
            } catch (StatusRuntimeException e) {
                return;
            }
        }
    }

    long acknowledgedCount() {
        return acknowledgedCount.get();
    }

    /// Tells the clients to stop and waits for them.
    @Override
    public void close() {
        isStopped.set(true);
        try {
            for (Thread client : clients) {
                client.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        connection.close();
    }
}
