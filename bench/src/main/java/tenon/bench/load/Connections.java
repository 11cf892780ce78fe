package tenon.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Connections that are up, in turn to one server after the other. One thread: what is answered and what is asked next
/// happens in [#serveUntil].
public final class Connections implements AutoCloseable {
    private static final long SILENCE_MAX_MS = TimeUnit.MINUTES.toMillis(1);

    private final Selector selector;
    private final List<InetSocketAddress> servers;
    private final List<Http2Connection> connections = new ArrayList<>();

    private Connections(List<InetSocketAddress> servers) throws IOException {
        this.servers = List.copyOf(servers);
        this.selector = Selector.open();
    }

    /// Connects, and waits for an answer on each connection.
    ///
    /// @throws IOException if there is none
    public static Connections open(List<InetSocketAddress> servers, int count) throws IOException {
        Connections opened = new Connections(servers);
        try {
            int[] answerCount = new int[1];
            for (int i = 0; i < count; i++) {
                Http2Connection connection = new Http2Connection(opened.server(i), opened.selector);
                opened.connections.add(connection);
                connection.call(EtcdCalls.STATUS_PATH, new byte[0], messageBytes -> answerCount[0]++);
            }
            opened.serveUntil(() -> answerCount[0] == count);
            return opened;
        } catch (IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    public int count() {
        return connections.size();
    }

    InetSocketAddress server(int index) {
        return servers.get(index % servers.size());
    }

    Http2Connection get(int index) {
        return connections.get(index);
    }

    /// Sends what was asked, and tells callers of answers, until it is enough.
    ///
    /// @throws IOException if a server ends a connection, or says nothing for a minute
    void serveUntil(BooleanSupplier isEnough) throws IOException {
        for (Http2Connection connection : connections) {
            connection.flush();
        }
        while (!isEnough.getAsBoolean()) {
            if (selector.select(SILENCE_MAX_MS) == 0) {
                throw new IOException(
                        Thread.currentThread().isInterrupted() ? "interrupted" : "no answer for a minute");
            }
            for (SelectionKey key : selector.selectedKeys()) {
                Http2Connection connection = (Http2Connection) key.attachment();
                if (key.isReadable()) {
                    connection.receive();
                }
                connection.flush();
            }
            selector.selectedKeys().clear();
        }
    }

    @Override
    public void close() {
        connections.forEach(Http2Connection::close);
        try {
            selector.close();
        } catch (IOException e) {
            // It is gone either way.
        }
    }
}
