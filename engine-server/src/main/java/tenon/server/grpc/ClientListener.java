package tenon.server.grpc;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import tenon.api.Clock;
import tenon.api.Platform;
import tenon.server.error.EtcdError;
import tenon.server.error.ListenException;
import tenon.server.http.PageListener;
import tenon.server.http.Pages;
import tenon.server.kv.AnswerMemory;
import tenon.server.tls.ListenAddress;

/// Serves clients, from [#start] to [#close]. Safe for use by any thread.
public final class ClientListener implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ClientListener.class.getName());
    /// Above the limit on requests, as in etcd: what is around the request proper.
    private static final int MESSAGE_OVERHEAD_BYTES = 512 * 1024;
    /// Room for a token.
    private static final int METADATA_BYTES_MAX = 64 * 1024;
    private static final int IO_THREAD_COUNT_MAX = 8;
    /// From the connection to the first request, of either protocol.
    private static final long HANDSHAKE_SECONDS_MAX = 20;
    private static final long TLS_RELOAD_SECONDS = 10;

    private final ClientOptions options;
    private final Clock clock;
    private final Lanes lanes;
    private final LeaderMonitor leaders;
    private final WatchMethod watches;
    private final Clock.Timer refusalLook;
    private final Clock.Timer tlsReload;
    private final EventLoopGroup loops;
    private final HealthStatusManager health;
    private final CallMetrics calls;
    /// One for each address.
    private final List<Server> servers;
    private final PageListener metricsListener;
    private final AtomicBoolean closed = new AtomicBoolean();

    private ClientListener(Platform platform, ClientOptions options, ClientServices services) {
        this.options = options;
        this.clock = platform.clock();
        this.lanes = Lanes.start(platform.threads());
        this.loops = new MultiThreadIoEventLoopGroup(
                Math.clamp(Runtime.getRuntime().availableProcessors(), 1, IO_THREAD_COUNT_MAX),
                new DefaultThreadFactory("tenon-client-io", true),
                NioIoHandler.newFactory());
        this.health = new HealthStatusManager();
        this.leaders = new LeaderMonitor(
                clock, options.leaderCheckIntervalNs(), services.hasLeader(), lanes.state());
        this.watches = new WatchMethod(
                services.watch(), services.auth(), leaders, messageBytesMax(options));
        this.refusalLook = clock.every(options.leaderCheckIntervalNs(), () -> maybeEndWatches(services.refusal()));
        this.tlsReload = clock.every(TimeUnit.SECONDS.toNanos(TLS_RELOAD_SECONDS), this::maybeReloadTls);
        List<ServerServiceDefinition> definitions = definitions(services);
        this.calls = new CallMetrics(platform.clock(), definitions);
        Pages pages = new Pages(
                services.maintenance(),
                text -> {
                    services.metrics().accept(text);
                    calls.appendTo(text);
                },
                services.versions(),
                lanes.state());
        this.servers = options.addresses().stream()
                .map(address -> newServer(address, definitions, services, pages))
                .toList();
        this.metricsListener = startAll(pages);
        health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.SERVING);
    }

    /// Listens and serves.
    ///
    /// @throws ListenException if an address cannot be had
    public static ClientListener start(Platform platform, ClientOptions options, ClientServices services) {
        return new ClientListener(platform, options, services);
    }

    /// Where it listens for clients, with the ports that the system chose.
    public List<InetSocketAddress> addresses() {
        return servers.stream()
                .map(server -> (InetSocketAddress) server.getListenSockets().getFirst())
                .toList();
    }

    /// Where it listens for requests for pages alone.
    public List<InetSocketAddress> metricsAddresses() {
        return metricsListener.addresses();
    }

    /// The numbers of the calls it serves; `/metrics` has them already.
    CallMetrics calls() {
        return calls;
    }

    /// Takes no more connections and calls, ends the watches, lets the other running calls end for a while, then cuts
    /// them off.
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        health.enterTerminalState();
        servers.forEach(Server::shutdown);
        watches.close();
        try {
            if (!awaitTermination(options.closeGraceNs())) {
                servers.forEach(Server::shutdownNow);
                awaitTermination(TimeUnit.SECONDS.toNanos(1));
            }
        } catch (InterruptedException _) {
            servers.forEach(Server::shutdownNow);
            Thread.currentThread().interrupt();
        }
        metricsListener.close();
        closeThreads();
    }

    private boolean awaitTermination(long timeoutNs) throws InterruptedException {
        long deadlineNs = clock.monotonicNs() + timeoutNs;
        for (Server server : servers) {
            if (!server.awaitTermination(deadlineNs - clock.monotonicNs(), TimeUnit.NANOSECONDS)) {
                return false;
            }
        }
        return true;
    }

    private void maybeReloadTls() {
        if (options.tls() != null) {
            tryOnStateLane(() -> options.tls().reload(LOG::log), "certificates are read at the next look");
        }
    }

    /// Who watches a member that is not to be trusted any more goes to another one.
    private void maybeEndWatches(Supplier<EtcdError> refusal) {
        EtcdError reason = refusal.get();
        if (reason != null && watches.openCount() > 0) {
            tryOnStateLane(() -> watches.endAll(reason.status()), "watches are ended at the next look");
        }
    }

    private void tryOnStateLane(Runnable task, String otherwise) {
        try {
            lanes.state().execute(task);
        } catch (RejectedExecutionException _) {
            LOG.log(Level.DEBUG, otherwise);
        }
    }

    private void closeThreads() {
        tlsReload.cancel();
        refusalLook.cancel();
        leaders.close();
        lanes.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }

    private List<ServerServiceDefinition> definitions(ClientServices services) {
        return List.of(
                KvGrpcService.bind(
                        new KvGrpcService.FormCheck(options.txnOpCountMax(), clock, services.stages()),
                        AnswerMemory.ofProcess(),
                        services.kv(),
                        services.auth()),
                watches.bind(),
                AuthGrpcService.bind(services.auth(), lanes),
                MaintenanceGrpcService.bind(services.maintenance(), services.auth(), lanes),
                ClusterGrpcService.bind(services.membership(), services.auth()),
                DiagnosticsGrpcService.bind(services.maintenance(), services.auth(), lanes.state()),
                health.getHealthService().bindService(),
                ProtoReflectionServiceV1.newInstance().bindService());
    }

    private Server newServer(
            ListenAddress address,
            List<ServerServiceDefinition> definitions,
            ClientServices services,
            Pages pages) {
        return NettyServerBuilder.forAddress(address.socket())
                .channelType(NioServerSocketChannel.class)
                .bossEventLoopGroup(loops)
                .workerEventLoopGroup(loops)
                .withChildOption(ChannelOption.TCP_NODELAY, true)
                .protocolNegotiator(new PortSharing(pages, address.isTls() ? options.tls() : null))
                .handshakeTimeout(HANDSHAKE_SECONDS_MAX, TimeUnit.SECONDS)
                .directExecutor()
                .maxInboundMessageSize(messageBytesMax(options))
                .maxInboundMetadataSize(METADATA_BYTES_MAX)
                .maxConcurrentCallsPerConnection(options.concurrentStreamCountMax())
                .permitKeepAliveTime(options.keepAliveMinNs(), TimeUnit.NANOSECONDS)
                // jetcd pings idle connections; to forbid that would win nothing.
                .permitKeepAliveWithoutCalls(true)
                .keepAliveTime(options.keepAliveIntervalNs(), TimeUnit.NANOSECONDS)
                .keepAliveTimeout(options.keepAliveTimeoutNs(), TimeUnit.NANOSECONDS)
                .addStreamTracerFactory(calls)
                .intercept(new CredentialInterceptor())
                .intercept(new LeaderInterceptor(services.hasLeader()))
                .intercept(new RefusalInterceptor(services.refusal()))
                .intercept(new LearnerInterceptor(services.membership()::isSelfLearner))
                .addServices(definitions)
                .build();
    }

    private static int messageBytesMax(ClientOptions options) {
        return (int) Math.min(Integer.MAX_VALUE, (long) options.requestBytesMax() + MESSAGE_OVERHEAD_BYTES);
    }

    /// Starts both listeners, or none.
    private PageListener startAll(Pages pages) {
        PageListener pageListener = null;
        try {
            pageListener = PageListener.start(loops, options.metricsAddresses(), options.tls(), pages);
            for (int index = 0; index < servers.size(); index++) {
                start(servers.get(index), options.addresses().get(index));
            }
            return pageListener;
        } catch (ListenException e) {
            if (pageListener != null) {
                pageListener.close();
            }
            servers.forEach(Server::shutdownNow);
            closeThreads();
            throw e;
        }
    }

    private static void start(Server server, ListenAddress address) {
        try {
            server.start();
        } catch (IOException e) {
            throw new ListenException(address.socket(), e);
        }
    }
}
