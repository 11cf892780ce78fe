package tenon.server.peer;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import tenon.server.error.ListenException;
import tenon.server.tls.TlsContext;

/// Accepts the connections of others.
final class PeerListener implements AutoCloseable {
    private final EventLoopGroup loops;
    private final TlsContext tls;
    private final Supplier<AcceptedConnection> connections;
    private final List<Channel> channels = new ArrayList<>();
    private volatile List<URI> addresses = List.of();

    /// @param tls null for none
    PeerListener(EventLoopGroup loops, TlsContext tls, Supplier<AcceptedConnection> connections) {
        this.loops = loops;
        this.tls = tls;
        this.connections = connections;
    }

    /// Listens on all of the URLs.
    ///
    /// @throws ListenException if one cannot be had; then it listens on none
    void bind(List<URI> urls) {
        List<URI> bound = new ArrayList<>();
        for (URI url : urls) {
            InetSocketAddress address = new InetSocketAddress(PeerUrl.host(url), url.getPort());
            ChannelFuture binding = bootstrap(PeerUrl.isTls(url)).bind(address).awaitUninterruptibly();
            if (!binding.isSuccess()) {
                close();
                throw new ListenException(address, binding.cause());
            }
            channels.add(binding.channel());
            bound.add(PeerUrl.withPort(
                    url, ((InetSocketAddress) binding.channel().localAddress()).getPort()));
        }
        addresses = List.copyOf(bound);
    }

    private ServerBootstrap bootstrap(boolean isTls) {
        return new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, Dialer.WATER_MARKS)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (isTls) {
                            channel.pipeline().addLast(tls.newServerHandler(channel.alloc()));
                        }
                        connections.get().addTo(channel.pipeline());
                    }
                });
    }

    List<URI> addresses() {
        return addresses;
    }

    @Override
    public void close() {
        channels.forEach(channel -> channel.close().awaitUninterruptibly());
    }
}
