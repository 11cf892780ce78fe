package tenon.server.peer;

import io.netty.channel.ChannelHandlerContext;
import java.net.URI;
import tenon.server.peer.wire.Purpose;

/// The present connection of a [PeerStream].
final class StreamConnection extends OpenedConnection {
    private final PeerStream stream;

    StreamConnection(PeerEnvironment world, Peer peer, URI url, Purpose purpose, PeerStream stream) {
        super(world, peer, url, purpose);
        this.stream = stream;
    }

    @Override
    void onAgreed(String peerVersion) {
        stream.onAgreed(this, peerVersion);
    }

    @Override
    void onAnswer(Frame frame) {
        throw unexpected(frame);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        stream.drain();
    }

    @Override
    void onEnd(String reason) {
        stream.onEnd(this, reason);
    }
}
