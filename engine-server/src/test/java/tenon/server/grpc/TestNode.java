package tenon.server.grpc;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import tenon.api.Platform;
import tenon.server.http.Pages;
import tenon.server.metrics.StageRecorder;

/// A listener with nothing real behind it, and a channel to it.
final class TestNode implements AutoCloseable {
    final FakeKv kv = new FakeKv();
    final FakeAuth auth = new FakeAuth();
    final FakeMaintenance maintenance = new FakeMaintenance();
    final FakeMembership membership = new FakeMembership();
    final FakeWatch watch = new FakeWatch();
    final ClientListener listener;
    final ManagedChannel channel;

    TestNode() {
        this(UnaryOperator.identity());
    }

    TestNode(UnaryOperator<ClientOptions> options) {
        ClientServices services = new ClientServices(
                kv,
                maintenance,
                auth,
                membership,
                watch,
                () -> maintenance.hasLeader,
                () -> maintenance.refusal,
                text -> text.append("tenon_test 1\n"),
                new Pages.Versions("3.4.23", "3.4.0"),
                new StageRecorder());
        listener = ClientListener.start(
                Platform.system(), options.apply(ClientOptions.of(loopback(0))), services);
        channel = NettyChannelBuilder.forAddress(address()).usePlaintext().build();
    }

    static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    InetSocketAddress address() {
        return listener.addresses().getFirst();
    }

    @Override
    public void close() {
        channel.shutdownNow();
        try {
            channel.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        listener.close();
    }
}
