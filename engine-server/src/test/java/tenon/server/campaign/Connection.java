package tenon.server.campaign;

import io.etcd.jetcd.api.ClusterGrpc;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.WatchGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/// One client's connection to one member, and to no other: what fails is not tried again, here or elsewhere. The words
/// are those of etcd's own interface, as jetcd has them.
final class Connection implements AutoCloseable {
    private static final EventLoopGroup EVENT_LOOP = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private static final int KEEP_ALIVE_SECONDS = 10;
    private static final int KEEP_ALIVE_TIMEOUT_SECONDS = 4;
    private static final int MESSAGE_SIZE_BYTES_MAX = 64 << 20;

    private final Member member;
    private ManagedChannel channel;

    Connection(Member member) {
        this.member = member;
        this.channel = open();
    }

    private ManagedChannel open() {
        return NettyChannelBuilder.forAddress(new InetSocketAddress(member.clientHost(), member.clientPort()))
                .usePlaintext()
                .eventLoopGroup(EVENT_LOOP)
                .channelType(NioSocketChannel.class)
                .disableRetry()
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .maxInboundMessageSize(MESSAGE_SIZE_BYTES_MAX)
                .build();
    }

    /// Goes on with a new one: the old one may be broken, or wait long before it tries again.
    void renew() {
        channel.shutdownNow();
        channel = open();
    }

    Member member() {
        return member;
    }

    KVGrpc.KVBlockingStub kv(long timeoutMs) {
        return KVGrpc.newBlockingStub(channel).withDeadlineAfter(timeoutMs, TimeUnit.MILLISECONDS);
    }

    ClusterGrpc.ClusterBlockingStub cluster(long timeoutMs) {
        return ClusterGrpc.newBlockingStub(channel).withDeadlineAfter(timeoutMs, TimeUnit.MILLISECONDS);
    }

    MaintenanceGrpc.MaintenanceBlockingStub maintenance(long timeoutMs) {
        return MaintenanceGrpc.newBlockingStub(channel).withDeadlineAfter(timeoutMs, TimeUnit.MILLISECONDS);
    }

    WatchGrpc.WatchStub watch() {
        return WatchGrpc.newStub(channel);
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
