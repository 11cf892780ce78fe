package tenon.server;

import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tenon.api.Platform;
import tenon.api.Ready;
import tenon.server.error.EtcdError;
import tenon.server.error.MemberRemovedException;
import tenon.server.grpc.ClientListener;
import tenon.server.grpc.ClientOptions;
import tenon.server.grpc.ClientServices;
import tenon.server.http.Pages;
import tenon.server.metrics.PrometheusText;
import tenon.server.node.Node;
import tenon.server.tls.ListenAddress;
import tenon.server.tls.TlsContext;

/// An etcd v3 server inside this JVM: one member of a cluster. Safe for use by any thread.
///
/// When the leader sends a snapshot, because this member lacks entries that nobody has any more, the server starts anew
/// from it, in place and on the same addresses: connections of clients end, as if it had been restarted.
public final class TenonServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(TenonServer.class.getName());

    /// With the addresses that were found at the first start.
    private final ServerConfig config;
    private final Platform platform;
    private final List<URI> clientUris;
    private final List<URI> metricsUris;
    private final CompletableFuture<Throwable> terminationReason = new CompletableFuture<>();

    // Guarded by this. Null if a start from a snapshot failed.
    private Serving serving;
    private boolean closed;

    /// A node and where it serves its clients.
    private record Serving(Node node, ClientListener listener) {
        static Serving start(ServerConfig config, Platform platform) {
            ClientOptions options = options(config, platform);
            Node node = Node.start(config, platform);
            try {
                ClientListener listener = ClientListener.start(platform, options, services(node));
                LOG.log(Level.INFO, "{0} serves clients on {1}", node.identity(), listener.addresses());
                return new Serving(node, listener);
            } catch (RuntimeException e) {
                node.close();
                throw e;
            }
        }
    }

    private TenonServer(ServerConfig config, Platform platform) {
        this.platform = platform;
        serving = Serving.start(config, platform);
        clientUris = uris(config.listenClientUrls(), serving.listener.addresses());
        metricsUris = uris(config.listenMetricsUrls(), serving.listener.metricsAddresses());
        this.config = config.toBuilder()
                .listenClientUrls(bound(config.listenClientUrls(), serving.listener.addresses()))
                .listenMetricsUrls(bound(config.listenMetricsUrls(), serving.listener.metricsAddresses()))
                .advertiseClientUrls(config.advertiseClientUrls().isEmpty() ? clientUris : config.advertiseClientUrls())
                .build();
        begin(serving.node);
    }

    /// Starts a server on the operating system's files and clock, and returns when it serves. One that is alone serves
    /// all calls then; a member among others, as soon as they have a leader ([#led]).
    ///
    /// @throws tenon.api.StorageException if the data directory cannot be used: in use, of another cluster, damaged
    /// @throws tenon.api.TenonException if an address cannot be listened on, or a certificate cannot be used
    public static TenonServer start(ServerConfig config) {
        return start(config, Platform.system());
    }

    /// Starts a server in a world of the caller's making.
    public static TenonServer start(ServerConfig config, Platform platform) {
        return new TenonServer(config, platform);
    }

    private void begin(Node node) {
        node.failure().reason().thenAccept(terminationReason::complete);
        node.removed().thenAccept(_ -> terminationReason.complete(new MemberRemovedException(node.identity())));
        node.snapshot().thenAccept(arrived ->
                platform.threads().start("tenon-install", () -> install(node, arrived)));
        CompletableFuture<Void> introduced =
                node.introduce(config.advertiseClientUrls().stream().map(URI::toString).toList());
        if (node.isAlone()) {
            // All members know it when it is said to serve, or it has failed.
            CompletableFuture.anyOf(node.failure().reason(), introduced).join();
        }
    }

    /// Where clients reach it, with the port that the system chose: `http://127.0.0.1:40001`.
    public URI clientUri() {
        return clientUris.getFirst();
    }

    /// All addresses where clients reach it.
    public List<URI> clientUris() {
        return clientUris;
    }

    /// Addresses for metrics and health alone.
    public List<URI> metricsUris() {
        return metricsUris;
    }

    /// Completes when this member knows a leader for the first time.
    public synchronized CompletableFuture<Void> led() {
        return serving == null ? CompletableFuture.failedFuture(EtcdError.STOPPED.exception()) : serving.node.led();
    }

    /// Completes if the server cannot go on, with the reason: a failed disk, above all. It then answers no writes any
    /// more and has to be closed. Does not complete when the server is closed.
    public CompletableFuture<Throwable> terminationReason() {
        return terminationReason.copy();
    }

    /// Lets running calls end for a while, then stops; a leader hands over first. What was acknowledged is durable.
    @Override
    public synchronized void close() {
        closed = true;
        if (serving != null) {
            serving.listener.close();
            serving.node.close();
            serving = null;
        }
    }

    private synchronized void install(Node node, Ready arrived) {
        if (closed || serving.node != node) {
            return;
        }
        LOG.log(Level.INFO, "{0} starts from a snapshot at {1}", node.identity(), arrived.snapshot().mark());
        Serving old = serving;
        serving = null;
        try {
            old.listener.close();
            old.node.closeAndInstall(arrived);
            serving = Serving.start(config, platform);
            begin(serving.node);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "the start from a snapshot failed, the server stops", e);
            terminationReason.complete(e);
        }
    }

    /// @throws tenon.server.tls.TlsException if a certificate is needed that cannot be used
    private static ClientOptions options(ServerConfig config, Platform platform) {
        List<ListenAddress> addresses = config.listenClientUrls().stream().map(TenonServer::addressOf).toList();
        List<ListenAddress> metrics = config.listenMetricsUrls().stream().map(TenonServer::addressOf).toList();
        boolean needsTls = Stream.concat(addresses.stream(), metrics.stream()).anyMatch(ListenAddress::isTls);
        ClientOptions defaults = ClientOptions.of(addresses.getFirst().socket());
        return new ClientOptions(
                addresses,
                metrics,
                needsTls ? TlsContext.load(platform.files(), config.clientTls(), TlsContext.Use.CLIENTS) : null,
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
                node::refusal,
                text -> PrometheusText.append(node.metrics(), text),
                new Pages.Versions(ServerVersion.text(), ServerVersion.CLUSTER),
                node.stages());
    }

    /// The configured addresses, with the ports that the system chose.
    private static List<URI> bound(List<URI> configured, List<InetSocketAddress> addresses) {
        List<URI> result = new ArrayList<>();
        for (int i = 0; i < configured.size(); i++) {
            URI url = configured.get(i);
            result.add(URI.create(url.getScheme() + "://" + url.getRawAuthority().replaceFirst(":\\d+$", "") + ":"
                    + addresses.get(i).getPort()));
        }
        return result;
    }

    private static ListenAddress addressOf(URI url) {
        return new ListenAddress(
                new InetSocketAddress(url.getHost(), url.getPort()), url.getScheme().equals("https"));
    }

    private static List<URI> uris(List<URI> configured, List<InetSocketAddress> addresses) {
        return IntStream.range(0, configured.size())
                .mapToObj(index -> uriOf(configured.get(index).getScheme(), addresses.get(index)))
                .toList();
    }

    /// An address that stands for all of this machine is shown as the loopback one, where it can be reached too.
    private static URI uriOf(String scheme, InetSocketAddress address) {
        InetAddress host =
                address.getAddress().isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address.getAddress();
        String text = host.getHostAddress();
        return URI.create(scheme + "://" + (text.contains(":") ? "[" + text + "]" : text) + ":" + address.getPort());
    }
}
