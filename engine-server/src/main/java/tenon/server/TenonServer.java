package tenon.server;

import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tenon.api.MisuseException;
import tenon.api.Platform;
import tenon.server.grpc.ClientListener;
import tenon.server.grpc.ClientOptions;
import tenon.server.grpc.ClientServices;
import tenon.server.http.Pages;
import tenon.server.metrics.PrometheusText;
import tenon.server.node.Node;

/// An etcd v3 server inside this JVM. Safe for use by any thread.
public final class TenonServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(TenonServer.class.getName());

    private final Node node;
    private final ClientListener listener;
    private final URI clientUri;

    private TenonServer(Node node, ClientListener listener) {
        this.node = node;
        this.listener = listener;
        this.clientUri = uriOf(listener.addresses().getFirst());
    }

    /// Starts a server on the operating system's files and clock, and returns when it serves.
    ///
    /// @throws tenon.api.StorageException if the data directory cannot be used: in use, of another cluster, damaged
    /// @throws tenon.api.TenonException if an address cannot be listened on
    public static TenonServer start(ServerConfig config) {
        return start(config, Platform.system());
    }

    /// Starts a server in a world of the caller's making.
    public static TenonServer start(ServerConfig config, Platform platform) {
        if (Stream.concat(config.listenClientUrls().stream(), config.listenMetricsUrls().stream())
                .anyMatch(url -> "https".equals(url.getScheme()))) {
            throw new MisuseException("clients are not served over TLS by this version; put a proxy before it, or use http");
        }
        Node node = Node.start(config, platform);
        try {
            ClientListener listener = ClientListener.start(platform, options(config), services(node));
            TenonServer server = new TenonServer(node, listener);
            // All members know it when it is said to serve, or it has failed.
            CompletableFuture.anyOf(node.failure().reason(), node.introduce(server.advertisedUrls(config)))
                    .join();
            LOG.log(Level.INFO, "{0} serves clients on {1}", node.identity(), server.clientUri);
            return server;
        } catch (RuntimeException e) {
            node.close();
            throw e;
        }
    }

    private List<String> advertisedUrls(ServerConfig config) {
        List<URI> urls = config.advertiseClientUrls().isEmpty() ? clientUris() : config.advertiseClientUrls();
        return urls.stream().map(URI::toString).toList();
    }

    /// Where clients reach it, with the port that the system chose: `http://127.0.0.1:40001`.
    public URI clientUri() {
        return clientUri;
    }

    /// All addresses where clients reach it.
    public List<URI> clientUris() {
        return listener.addresses().stream().map(TenonServer::uriOf).toList();
    }

    /// Addresses for metrics and health alone.
    public List<URI> metricsUris() {
        return listener.metricsAddresses().stream().map(TenonServer::uriOf).toList();
    }

    /// Completes if the server cannot go on, with the reason: a failed disk, above all. It then answers no writes any
    /// more and has to be closed. Does not complete when the server is closed.
    public CompletableFuture<Throwable> terminationReason() {
        return node.failure().reason();
    }

    /// Lets running calls end for a while, then stops. What was acknowledged is durable.
    @Override
    public void close() {
        listener.close();
        node.close();
    }

    private static ClientOptions options(ServerConfig config) {
        InetSocketAddress[] addresses =
                config.listenClientUrls().stream().map(TenonServer::addressOf).toArray(InetSocketAddress[]::new);
        ClientOptions defaults = ClientOptions.of(addresses);
        return new ClientOptions(
                defaults.addresses(),
                config.listenMetricsUrls().stream().map(TenonServer::addressOf).toList(),
                config.maxRequestBytes(),
                config.maxTxnOps(),
                config.maxConcurrentStreams(),
                defaults.keepAliveMinNs(),
                defaults.keepAliveIntervalNs(),
                defaults.keepAliveTimeoutNs(),
                TimeUnit.MILLISECONDS.toNanos(config.electionTimeoutMs()),
                defaults.closeGraceNs());
    }

    private static ClientServices services(Node node) {
        return new ClientServices(
                node.kv(),
                node.maintenance(),
                node.auth(),
                node.membership(),
                node.watch(),
                node::hasLeader,
                text -> PrometheusText.append(node.metrics(), text),
                new Pages.Versions(ServerVersion.text(), ServerVersion.CLUSTER),
                node.stages());
    }

    private static InetSocketAddress addressOf(URI url) {
        return new InetSocketAddress(url.getHost(), url.getPort());
    }

    /// An address that stands for all of this machine is shown as the loopback one, where it can be reached too.
    private static URI uriOf(InetSocketAddress address) {
        InetAddress host =
                address.getAddress().isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address.getAddress();
        String text = host.getHostAddress();
        return URI.create("http://" + (text.contains(":") ? "[" + text + "]" : text) + ":" + address.getPort());
    }
}
