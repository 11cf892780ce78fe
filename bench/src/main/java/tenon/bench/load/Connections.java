package tenon.bench.load;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/// Connections that are up, in turn to one server after the other.
public final class Connections implements AutoCloseable {
    private final List<EtcdCalls> connections = new ArrayList<>();

    private Connections() {}

    /// Connects, and waits for an answer on each connection.
    ///
    /// @throws IOException if there is none
    public static Connections open(List<InetSocketAddress> servers, int count) throws IOException {
        Connections opened = new Connections();
        try {
            for (int i = 0; i < count; i++) {
                EtcdCalls connection = new EtcdCalls(servers.get(i % servers.size()));
                opened.connections.add(connection);
                connection.status();
            }
            return opened;
        } catch (StatusRuntimeException e) {
            opened.close();
            throw new IOException("no answer on a new connection: " + e.getMessage(), e);
        }
    }

    public int count() {
        return connections.size();
    }

    EtcdCalls get(int index) {
        return connections.get(index);
    }

    @Override
    public void close() {
        connections.forEach(EtcdCalls::close);
    }
}
