package tenon.server.grpc;

import io.grpc.Attributes;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.HttpScheme;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AsciiString;
import java.lang.System.Logger.Level;
import java.util.List;
import tenon.server.auth.Credential;
import tenon.server.http.ConnectionFailure;
import tenon.server.http.PageHandler;
import tenon.server.http.Pages;
import tenon.server.tls.TlsContext;

/// Serves gRPC and pages on one port. gRPC lets whoever negotiates the protocol put handlers in front of its own: here
/// one that waits for the [FirstBytes] and then makes room for the handlers of the protocol that they belong to. What is
/// neither is closed with one line in the log. With TLS, all this is within it.
final class PortSharing implements InternalProtocolNegotiator.ProtocolNegotiator {
    private static final System.Logger LOG = System.getLogger(PortSharing.class.getName());
    /// What a call has of the certificate of its connection; none if such a certificate stands for nobody.
    static final Attributes.Key<Credential> CERTIFICATE = Attributes.Key.create("tenon-certificate");
    /// For its type, which is not public.
    private static final Object BEGINNING = InternalProtocolNegotiationEvent.getDefault();

    private final InternalProtocolNegotiator.ProtocolNegotiator grpc = InternalProtocolNegotiators.serverPlaintext();
    private final Pages pages;
    private final TlsContext tls;

    /// @param tls null for none
    PortSharing(Pages pages, TlsContext tls) {
        this.pages = pages;
        this.tls = tls;
    }

    @Override
    public AsciiString scheme() {
        return (tls == null ? HttpScheme.HTTP : HttpScheme.HTTPS).name();
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler handler) {
        return new Switch(grpc.newHandler(handler));
    }

    @Override
    public void close() {
        grpc.close();
    }

    /// The handler of one connection, until it is known what the connection wants.
    private final class Switch extends ByteToMessageDecoder {
        private final ChannelHandler grpcHandler;

        Switch(ChannelHandler grpcHandler) {
            this.grpcHandler = grpcHandler;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            if (tls != null) {
                context.pipeline().addBefore(context.name(), null, tls.newServerHandler(context.alloc()));
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            // gRPC's sign to begin comes too early.
            if (event.getClass() != BEGINNING.getClass()) {
                context.fireUserEventTriggered(event);
            }
        }

        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf bytes, List<Object> out) {
            switch (FirstBytes.of(bytes)) {
                case UNDECIDED -> {}
                case HTTP_2 -> becomeGrpc(context);
                case HTTP_1 -> becomePages(context);
                case TLS -> refuse(context, bytes, "it speaks TLS, where http is configured");
                case UNKNOWN -> refuse(context, bytes, "it speaks neither gRPC nor HTTP");
            }
        }

        private void refuse(ChannelHandlerContext context, ByteBuf bytes, String reason) {
            LOG.log(Level.INFO, "closing the connection of {0}: {1}", context.channel().remoteAddress(), reason);
            bytes.skipBytes(bytes.readableBytes());
            context.close();
        }

        /// Removing this handler passes on what it has read.
        private void becomeGrpc(ChannelHandlerContext context) {
            context.pipeline().addAfter(context.name(), null, grpcHandler);
            context.fireUserEventTriggered(InternalProtocolNegotiationEvent.withAttributes(
                    InternalProtocolNegotiationEvent.getDefault(), attributes(context)));
            context.pipeline().remove(this);
        }

        private Attributes attributes(ChannelHandlerContext context) {
            String user = tls == null ? "" : tls.findUser(context.pipeline().get(SslHandler.class));
            return user.isEmpty()
                    ? Attributes.EMPTY
                    : Attributes.newBuilder().set(CERTIFICATE, new Credential.Certificate(user)).build();
        }

        private void becomePages(ChannelHandlerContext context) {
            // Behind all of this connection stands the handler of gRPC that waits for gRPC to begin. It never will.
            while (context.pipeline().last() != this) {
                context.pipeline().removeLast();
            }
            PageHandler.addTo(context.pipeline(), pages);
            context.pipeline().remove(this);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            ConnectionFailure.log(LOG, context.channel(), cause);
            context.close();
        }
    }
}
