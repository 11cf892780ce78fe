package tenon.server.peer;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import tenon.api.Platform;
import tenon.server.tls.TlsContext;

/// Opens connections. A name that takes long to look up has a thread for itself, so that it holds up nobody else.
final class Dialer {
    /// A connection takes no more to send while so much waits for its socket.
    static final WriteBufferWaterMark WATER_MARKS = new WriteBufferWaterMark(256 * 1024, 1024 * 1024);

    private final Platform platform;
    private final TlsContext tls;
    private final long timeoutNs;

    /// @param tls null for none
    /// @param timeoutNs for the connection alone, without what is said on it
    Dialer(Platform platform, TlsContext tls, long timeoutNs) {
        this.platform = platform;
        this.tls = tls;
        this.timeoutNs = timeoutNs;
    }

    /// Puts handlers on a connection before it is made.
    @FunctionalInterface
    interface Handlers {
        void addTo(ChannelPipeline pipeline);
    }

    /// Connects to the URL.
    ///
    /// @param number of the try: a name with several addresses leads to another one each time
    /// @param onFailure told, on the loop, why there is no connection
    void dial(URI url, int number, EventLoop loop, Handlers handlers, Consumer<String> onFailure) {
        if (PeerUrl.isTls(url) && tls == null) {
            PeerEnvironment.execute(loop, () -> onFailure.accept("https needs a certificate and a key"));
            return;
        }
        InetSocketAddress literal = PeerUrl.findLiteralAddress(url);
        if (literal != null) {
            connect(url, literal, loop, handlers, onFailure);
            return;
        }
        platform.threads().start("tenon-peer-lookup", () -> {
            try {
                InetAddress[] found = InetAddress.getAllByName(PeerUrl.host(url));
                InetAddress address = found[Math.floorMod(number, found.length)];
                connect(url, new InetSocketAddress(address, url.getPort()), loop, handlers, onFailure);
            } catch (UnknownHostException _) {
                PeerEnvironment.execute(loop, () -> onFailure.accept("the host is not known"));
            }
        });
    }

    private void connect(
            URI url, InetSocketAddress address, EventLoop loop, Handlers handlers, Consumer<String> onFailure) {
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(TimeUnit.NANOSECONDS.toMillis(timeoutNs)))
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARKS)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (PeerUrl.isTls(url)) {
                            channel.pipeline()
                                    .addLast(tls.newClientHandler(channel.alloc(), PeerUrl.host(url), url.getPort()));
                        }
                        handlers.addTo(channel.pipeline());
                    }
                });
        PeerEnvironment.execute(loop, () -> bootstrap.connect(address).addListener(connected -> {
            if (!connected.isSuccess()) {
                onFailure.accept(Notices.printable(String.valueOf(connected.cause().getMessage())));
            }
        }));
    }
}
