package tenon.server.peer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.lang.System.Logger.Level;
import javax.net.ssl.SSLException;
import tenon.server.tls.TlsContext;

/// What all ends of connections have in common: when they may speak, that frames are released, and what an exception
/// means. Used by the event loop.
abstract class FrameHandler extends SimpleChannelInboundHandler<Frame> {
    private static final System.Logger LOG = System.getLogger(FrameHandler.class.getName());

    /// Bytes can be sent; nothing has been said.
    abstract void onReady();

    abstract void onFrame(Frame frame);

    /// The connection is of no more use; it is closed after this call.
    ///
    /// @param byPeer whether the other side broke the rules
    abstract void onFailure(String reason, boolean byPeer);

    /// Sends what each side begins with, without a flush.
    static void writeMagic(Channel channel) {
        channel.write(Unpooled.wrappedBuffer(PeerLayout.MAGIC), channel.voidPromise());
    }

    /// For a frame that has no place in this state.
    static PeerProtocolException unexpected(Frame frame) {
        return new PeerProtocolException("a frame of type " + frame.type() + " out of place");
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (context.pipeline().get(SslHandler.class) == null) {
            onReady();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        // Its failure comes as an exception.
        if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess()) {
            onReady();
        }
    }

    @Override
    protected final void channelRead0(ChannelHandlerContext context, Frame frame) {
        ByteBuf body = frame.body();
        try {
            onFrame(frame);
        } finally {
            body.release();
        }
    }

    @Override
    public final void exceptionCaught(ChannelHandlerContext context, Throwable thrown) {
        Throwable cause = thrown instanceof DecoderException && thrown.getCause() != null ? thrown.getCause() : thrown;
        switch (cause) {
            case PeerProtocolException protocol -> onFailure(protocol.getMessage(), true);
            case SSLException tls -> onFailure(Notices.printable(TlsContext.findReason(tls)), true);
            case IOException io -> onFailure(Notices.printable(String.valueOf(io.getMessage())), false);
            default -> {
                LOG.log(Level.ERROR, "a connection of members failed", cause);
                onFailure("an error of this node: " + cause, false);
            }
        }
        context.close();
    }
}
