package tenon.server.peer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// A cable on loopback that can be cut and clamped.
final class Proxy implements AutoCloseable {
    private static final int PIECE_BYTES = 16 * 1024;

    private final URI target;
    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connectionCount = new AtomicInteger();
    // Guarded by this.
    private boolean clamped;
    private long bytesMax = Long.MAX_VALUE;

    Proxy(URI target) {
        this.target = target;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().daemon().start(this::accept);
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    int connectionCount() {
        return connectionCount.get();
    }

    /// Nothing passes any more, and nobody is told; or everything again.
    synchronized void clamp(boolean on) {
        clamped = on;
        notifyAll();
    }

    /// Each new connection is cut when it has carried so many bytes to the target.
    synchronized void cutAfter(long bytes) {
        bytesMax = bytes;
    }

    void cutAll() {
        sockets.forEach(Proxy::close);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                sockets.add(client);
                connectionCount.incrementAndGet();
                forward(client);
            } catch (IOException _) {
                // The listener is closed.
                return;
            }
        }
    }

    private void forward(Socket client) {
        try {
            Socket server = new Socket(target.getHost(), target.getPort());
            sockets.add(server);
            long limit;
            synchronized (this) {
                limit = bytesMax;
            }
            Thread.ofPlatform().daemon().start(() -> pump(client, server, limit));
            Thread.ofPlatform().daemon().start(() -> pump(server, client, Long.MAX_VALUE));
        } catch (IOException _) {
            // The target is not there.
            close(client);
        }
    }

    private void pump(Socket from, Socket to, long limitBytes) {
        byte[] piece = new byte[PIECE_BYTES];
        long passedBytes = 0;
        try (from; to) {
            InputStream input = from.getInputStream();
            OutputStream output = to.getOutputStream();
            for (int count = input.read(piece); count >= 0; count = input.read(piece)) {
                awaitLoose();
                int passed = (int) Math.min(count, limitBytes - passedBytes);
                output.write(piece, 0, passed);
                passedBytes += passed;
                if (passedBytes == limitBytes) {
                    return;
                }
            }
        } catch (IOException _) {
            // Cut, at one of the ends or here.
        }
    }

    private synchronized void awaitLoose() {
        while (clamped) {
            try {
                wait();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        clamp(false);
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cutAll();
    }
}
