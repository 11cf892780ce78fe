package tenon.server.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import tenon.server.error.ListenException;
import tenon.server.tls.ListenAddress;
import tenon.server.tls.TlsContext;

/// Listens for requests for pages and nothing else. Safe for use by any thread.
public final class PageListener implements AutoCloseable {
    private final List<Channel> channels = new ArrayList<>();

    private PageListener() {}

    /// @param loops serves the connections; stays the caller's
    /// @param tls null if it is spoken at no address
    /// @throws ListenException if an address cannot be had
    public static PageListener start(
            EventLoopGroup loops, List<ListenAddress> addresses, TlsContext tls, Pages pages) {
        PageListener listener = new PageListener();
        for (ListenAddress address : addresses) {
            var bound = bootstrap(loops, address.isTls() ? tls : null, pages)
                    .bind(address.socket())
                    .awaitUninterruptibly();
            if (!bound.isSuccess()) {
                listener.close();
                throw new ListenException(address.socket(), bound.cause());
            }
            listener.channels.add(bound.channel());
        }
        return listener;
    }

    private static ServerBootstrap bootstrap(EventLoopGroup loops, TlsContext tls, Pages pages) {
        return new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        if (tls != null) {
                            channel.pipeline().addLast(tls.newServerHandler(channel.alloc()));
                        }
                        PageHandler.addTo(channel.pipeline(), pages);
                    }
                });
    }

    /// Where it listens, with the ports that the system chose.
    public List<InetSocketAddress> addresses() {
        return channels.stream()
                .map(channel -> (InetSocketAddress) channel.localAddress())
                .toList();
    }

    @Override
    public void close() {
        channels.forEach(channel -> channel.close().awaitUninterruptibly());
    }
}
