package tenon.server.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import tenon.server.ServerConfig;
import tenon.server.TenonServer;

/// One fresh node: Tenon in this JVM, or etcd as a process if `-Dtenon.it.server=etcd` asks for it.
record ServerUnderTest(URI uri, AutoCloseable node) implements AutoCloseable {
    private static final String QUOTA_NONE = "0";

    static boolean isEtcd() {
        return "etcd".equals(System.getProperty("tenon.it.server"));
    }

    static ServerUnderTest start(Path directory) {
        return isEtcd() ? startEtcd(directory, QUOTA_NONE) : startTenon(directory, UnaryOperator.identity());
    }

    static ServerUnderTest startWithQuota(Path directory, long quotaBytes) {
        return isEtcd()
                ? startEtcd(directory, Long.toString(quotaBytes))
                : startTenon(directory, config -> config.quotaBackendBytes(quotaBytes));
    }

    private static ServerUnderTest startTenon(Path directory, UnaryOperator<ServerConfig.Builder> options) {
        ServerConfig.Builder config =
                ServerConfig.builder(directory.resolve("node")).clientPort(0);
        TenonServer server = TenonServer.start(options.apply(config).build());
        return new ServerUnderTest(server.clientUri(), server);
    }

    private static ServerUnderTest startEtcd(Path directory, String quotaBytes) {
        String client = "http://127.0.0.1:" + freePort();
        String peer = "http://127.0.0.1:" + freePort();
        ProcessBuilder command = new ProcessBuilder(
                List.of(
                        "etcd",
                        "--data-dir=" + directory.resolve("node"),
                        "--listen-client-urls=" + client,
                        "--advertise-client-urls=" + client,
                        "--listen-peer-urls=" + peer,
                        "--initial-advertise-peer-urls=" + peer,
                        "--initial-cluster=default=" + peer,
                        "--quota-backend-bytes=" + quotaBytes));
        try {
            Files.createDirectories(directory);
            Process process = command.redirectErrorStream(true)
                    .redirectOutput(directory.resolve("etcd.log").toFile())
                    .start();
            awaitHealth(process, client);
            return new ServerUnderTest(URI.create(client), () -> {
                process.destroy();
                process.waitFor(10, TimeUnit.SECONDS);
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void awaitHealth(Process process, String client) throws IOException {
        for (int attempt = 0; attempt < 200 && process.isAlive(); attempt++) {
            try {
                HttpURLConnection health =
                        (HttpURLConnection) URI.create(client + "/health").toURL().openConnection();
                if (health.getResponseCode() == 200) {
                    return;
                }
                Thread.sleep(50);
            } catch (IOException | InterruptedException e) {
                try {
                    Thread.sleep(50);
                } catch (InterruptedException interrupted) {
                    throw new IOException(interrupted);
                }
            }
        }
        process.destroy();
        throw new IOException("etcd did not start");
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            node.close();
        } catch (Exception e) {
            throw new IllegalStateException("the node did not close", e);
        }
    }
}
