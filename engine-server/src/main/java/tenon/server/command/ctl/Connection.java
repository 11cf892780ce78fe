package tenon.server.command.ctl;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NegotiationType;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.AbstractBlockingStub;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tenon.server.command.CommandException;
import tenon.server.command.ExitCode;
import tenon.server.error.EtcdError;
import tenon.server.error.GoStatus;
import tenon.server.rpc.AuthGrpc;
import tenon.server.rpc.AuthenticateRequest;
import tenon.server.rpc.ClusterGrpc;
import tenon.server.rpc.DiagnosticsGrpc;
import tenon.server.rpc.KVGrpc;
import tenon.server.rpc.MaintenanceGrpc;
import tenon.server.rpc.WatchGrpc;
import tenon.server.rpc.WatchRequest;
import tenon.server.rpc.WatchResponse;

/// A gRPC channel to one node. The stubs it gives out are for one call each: their deadline begins when they are made.
public final class Connection implements AutoCloseable {
    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> HAS_LEADER =
            Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);
    private static final int RESPONSE_SIZE_BYTES_MAX = Integer.MAX_VALUE;

    private final String endpoint;
    private final long timeoutNs;
    private final EventLoopGroup eventLoop;
    private final ManagedChannel channel;
    /// Goes with each call; null while nobody has logged in.
    private Metadata token;

    private Connection(String endpoint, long timeoutNs, SslContext tls) {
        this.endpoint = endpoint;
        this.timeoutNs = timeoutNs;
        this.eventLoop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        this.channel = NettyChannelBuilder.forTarget(target(endpoint, tls != null))
                .negotiationType(tls == null ? NegotiationType.PLAINTEXT : NegotiationType.TLS)
                .sslContext(tls)
                .eventLoopGroup(eventLoop)
                .channelType(NioSocketChannel.class)
                .directExecutor()
                .maxInboundMessageSize(RESPONSE_SIZE_BYTES_MAX)
                .build();
    }

    /// Prepares a connection in the clear; it is made with the first call.
    ///
    /// @param endpoint `host:port`, or a URL of scheme http
    /// @param timeoutNs how long each call may take
    /// @throws CommandException if the endpoint is not understood
    public static Connection to(String endpoint, long timeoutNs) {
        return new Connection(endpoint, timeoutNs, null);
    }

    /// Prepares a connection, over TLS if the endpoint wants it; it is made with the first call.
    ///
    /// @param endpoint `host:port`, or a URL of scheme http or https
    /// @param timeoutNs how long each call may take
    /// @throws CommandException if the endpoint is not understood, or TLS cannot be had
    static Connection to(String endpoint, EndpointTls tls, long timeoutNs) {
        return new Connection(endpoint, timeoutNs, tls.findFor(endpoint));
    }

    /// Connects to the first endpoint that answers.
    ///
    /// @throws CommandException if none does
    static Connection toAny(List<String> endpoints, EndpointTls tls, long timeoutNs, long dialTimeoutNs) {
        var unreachable = new ArrayList<String>();
        for (String endpoint : endpoints) {
            Connection connection = to(endpoint, tls, timeoutNs);
            if (connection.connects(dialTimeoutNs)) {
                return connection;
            }
            connection.close();
            unreachable.add(endpoint);
        }
        throw CommandException.failed("no node answers at " + String.join(", ", unreachable)
                + ": is it running, and are --endpoints right, and --cacert, --cert and --key if it speaks TLS?");
    }

    private static String target(String endpoint, boolean isTls) {
        String scheme = isTls && endpoint.startsWith("https://") ? "https://" : "http://";
        String address = endpoint.startsWith(scheme) ? endpoint.substring(scheme.length()) : endpoint;
        int slash = address.indexOf('/');
        address = slash < 0 ? address : address.substring(0, slash);
        if (address.startsWith("https:") || address.isBlank()) {
            throw CommandException.failed("cannot connect to endpoint \"" + endpoint + "\": give host:port or http://host:port");
        }
        return "dns:///" + (address.matches(".*:\\d+") ? address : address + ":2379");
    }

    /// Whether the node takes the connection.
    public boolean connects(long dialTimeoutNs) {
        var settled = new CountDownLatch(1);
        awaitSettled(settled);
        try {
            return settled.await(dialTimeoutNs, TimeUnit.NANOSECONDS)
                    && channel.getState(false) == ConnectivityState.READY;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void awaitSettled(CountDownLatch settled) {
        ConnectivityState state = channel.getState(true);
        if (state == ConnectivityState.IDLE || state == ConnectivityState.CONNECTING) {
            channel.notifyWhenStateChanged(state, () -> awaitSettled(settled));
        } else {
            settled.countDown();
        }
    }

    public String endpoint() {
        return endpoint;
    }

    public ManagedChannel channel() {
        return channel;
    }

    /// Gets a token, which goes with all calls from now on. While authentication is off there is none, and none is needed.
    ///
    /// @throws CommandException if the password is wrong or the call fails
    void logIn(String user, String password) {
        var request = AuthenticateRequest.newBuilder().setName(user).setPassword(password).build();
        try {
            var headers = new Metadata();
            headers.put(TOKEN, auth().authenticate(request).getToken());
            token = headers;
        } catch (StatusRuntimeException e) {
            if (!EtcdError.AUTH_NOT_ENABLED.text().equals(e.getStatus().getDescription())) {
                throw new CommandException(ExitCode.BAD_CONNECTION, describe(e));
            }
        }
    }

    AuthGrpc.AuthBlockingStub auth() {
        return timed(AuthGrpc.newBlockingStub(channel));
    }

    public KVGrpc.KVBlockingStub kv() {
        return timed(KVGrpc.newBlockingStub(channel));
    }

    public MaintenanceGrpc.MaintenanceBlockingStub maintenance() {
        return timed(MaintenanceGrpc.newBlockingStub(channel));
    }

    /// For calls that take as long as they take.
    MaintenanceGrpc.MaintenanceBlockingStub patientMaintenance() {
        return authorized(MaintenanceGrpc.newBlockingStub(channel));
    }

    /// A watch stream, which takes as long as it takes, and ends when the node knows no leader.
    BlockingClientCall<WatchRequest, WatchResponse> watch() {
        var headers = new Metadata();
        headers.put(HAS_LEADER, "true");
        if (token != null) {
            headers.merge(token);
        }
        Channel authorized = ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
        return ClientCalls.blockingBidiStreamingCall(authorized, WatchGrpc.getWatchMethod(), CallOptions.DEFAULT);
    }

    ClusterGrpc.ClusterBlockingStub cluster() {
        return timed(ClusterGrpc.newBlockingStub(channel));
    }

    public DiagnosticsGrpc.DiagnosticsBlockingStub diagnostics() {
        return timed(DiagnosticsGrpc.newBlockingStub(channel));
    }

    private <S extends AbstractBlockingStub<S>> S timed(S stub) {
        return authorized(stub.withDeadlineAfter(timeoutNs, TimeUnit.NANOSECONDS));
    }

    private <S extends AbstractBlockingStub<S>> S authorized(S stub) {
        return token == null ? stub : stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(token));
    }

    /// What a failed call means to a person, in the words of etcd's client.
    static String describe(StatusRuntimeException error) {
        Status status = error.getStatus();
        String text = status.getDescription() == null ? "" : status.getDescription();
        if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
            return "context deadline exceeded";
        }
        if (text.startsWith("etcdserver: ")) {
            return text;
        }
        return GoStatus.text(status);
    }

    @Override
    public void close() {
        channel.shutdownNow();
        eventLoop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
