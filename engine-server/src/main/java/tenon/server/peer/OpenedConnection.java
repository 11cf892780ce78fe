package tenon.server.peer;

import java.net.URI;
import tenon.server.peer.wire.Hello;
import tenon.server.peer.wire.Purpose;
import tenon.server.peer.wire.Refused;

/// A connection that this node has opened to a peer.
abstract class OpenedConnection extends PeerConnection {
    final Peer peer;
    final URI url;
    private final Purpose purpose;

    OpenedConnection(PeerEnvironment world, Peer peer, URI url, Purpose purpose) {
        super(world);
        this.peer = peer;
        this.url = url;
        this.purpose = purpose;
    }

    /// The peer is who it should be and lets us in.
    ///
    /// @param peerVersion of its server
    abstract void onAgreed(String peerVersion);

    /// A frame after the agreement.
    abstract void onAnswer(Frame frame);

    @Override
    final void onReady() {
        writeMagic(channel());
        writeAndFlush(FrameType.HELLO, Handshake.hello(world, peer.nodeId(), purpose));
    }

    @Override
    final void onContent(Frame frame) {
        if (isAgreed()) {
            onAnswer(frame);
            return;
        }
        switch (frame.type()) {
            case WELCOME -> onWelcome(frame.parse(Hello.parser()));
            case REFUSED -> onRefused(frame.parse(Refused.parser()));
            default -> throw unexpected(frame);
        }
    }

    private void onWelcome(Hello welcome) {
        Refused refusal = Handshake.findRefusal(welcome, world.self(), false);
        if (refusal == null && welcome.getFromNodeId() != peer.nodeId()) {
            refusal = Handshake.refused(
                    Refused.Reason.OTHER_NODE, "it is node " + Handshake.hex(welcome.getFromNodeId()));
        }
        if (refusal != null) {
            close("it is not the one that was looked for: " + refusal.getText());
            return;
        }
        agree(
                peer.counters(),
                purpose == Purpose.PROMOTION ? PeerLayout.LARGE_BODY_BYTES_MAX : PeerLayout.BODY_BYTES_MAX);
        onAgreed(Notices.printable(welcome.getServerVersion()));
    }

    private void onRefused(Refused refused) {
        close("it refuses this node: " + Notices.printable(refused.getText()));
        if (refused.getReason() == Refused.Reason.REMOVED) {
            world.handler().onRemoved(peer.nodeId());
        }
    }

    @Override
    final String subject() {
        return "node " + Handshake.hex(peer.nodeId()) + " at " + url;
    }
}
