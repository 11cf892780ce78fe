package tenon.server.peer;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import javax.net.ssl.SSLPeerUnverifiedException;
import tenon.api.Message;
import tenon.server.TlsFiles;
import tenon.server.error.RequestException;
import tenon.server.peer.wire.Hello;
import tenon.server.peer.wire.Members;
import tenon.server.peer.wire.MembersQuery;
import tenon.server.peer.wire.Promote;
import tenon.server.peer.wire.Promoted;
import tenon.server.peer.wire.Purpose;
import tenon.server.peer.wire.RaftMessage;
import tenon.server.peer.wire.Refused;
import tenon.server.peer.wire.SnapshotBegin;
import tenon.server.peer.wire.SnapshotChunk;
import tenon.server.peer.wire.SnapshotEnd;
import tenon.server.rpc.Member;
import tenon.server.rpc.MemberListResponse;
import tenon.server.tls.CertificateNames;

/// A connection that somebody has opened to this node: a member, or one who wants to know who the members are.
final class AcceptedConnection extends PeerConnection {
    /// While so many chunks of a snapshot wait for the disk, no more are read; and again when there are so few.
    private static final int WAITING_CHUNK_COUNT_MAX = 8;
    private static final int WAITING_CHUNK_COUNT_LOW = 2;

    /// Whoever makes up ids and lengths does not make up reasons for lines in the log.
    private static final Pattern NUMBERS = Pattern.compile("\\b[0-9a-f]+\\b");

    private final Guests guests;
    private final SnapshotReceiver snapshots;
    private final AtomicInteger waitingChunkCount = new AtomicInteger();
    private volatile Peer peer;
    private String host = "nowhere";
    private Purpose purpose;
    private boolean promotionAsked;

    /// Who may come, known already or not.
    interface Guests {
        /// The peer with this id, which is made if it is new.
        ///
        /// @throws IllegalArgumentException if it is new and cannot be made; says why
        Peer peerOf(Hello hello);

        /// A connection of this peer has ended.
        void onLeft(Peer peer);
    }

    AcceptedConnection(PeerEnvironment world, Guests guests, SnapshotReceiver snapshots) {
        super(world);
        this.guests = guests;
        this.snapshots = snapshots;
    }

    boolean isFrom(long nodeId) {
        Peer known = peer;
        return known != null && known.nodeId() == nodeId;
    }

    /// The node at the other end, after the agreement.
    Peer peer() {
        return peer;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (channel().remoteAddress() instanceof InetSocketAddress address) {
            host = address.getAddress().getHostAddress();
        }
        super.channelActive(context);
    }

    @Override
    void onReady() {
        SslHandler tls = channel().pipeline().get(SslHandler.class);
        if (tls != null) {
            checkCertificate(tls, world.options().tls());
        }
        if (world.connections().acceptedCount() > world.limits().acceptedConnectionCountMax()) {
            fail("there are too many connections");
        }
    }

    private static void checkCertificate(SslHandler tls, TlsFiles options) {
        if (options.allowedCommonNames().isEmpty() && options.allowedHostnames().isEmpty()) {
            return;
        }
        try {
            CertificateNames names = CertificateNames.shown(tls);
            if (!names.isAllowed(options.allowedCommonNames(), options.allowedHostnames())) {
                throw new PeerProtocolException(Notices.printable("a certificate of " + names.commonNames()
                        + " for " + names.hostnames() + ", which is not allowed"));
            }
        } catch (SSLPeerUnverifiedException _) {
            throw new PeerProtocolException("no certificate");
        }
    }

    @Override
    void onContent(Frame frame) {
        if (!isAgreed()) {
            switch (frame.type()) {
                case HELLO -> onHello(frame.parse(Hello.parser()));
                case MEMBERS_QUERY -> onQuery(frame.parse(MembersQuery.parser()));
                default -> throw unexpected(frame);
            }
        } else if (purpose == Purpose.SNAPSHOT) {
            onSnapshotFrame(frame);
        } else if (purpose == Purpose.PROMOTION) {
            onPromotionFrame(frame);
        } else if (frame.type() == FrameType.MESSAGE) {
            world.handler().onMessage(checked(MessageCodec.decode(frame.parse(RaftMessage.parser()))));
        } else {
            throw unexpected(frame);
        }
    }

    private void onHello(Hello hello) {
        Refused refusal =
                Handshake.findRefusal(hello, world.self(), world.handler().isRemoved(hello.getFromNodeId()));
        Peer known = null;
        if (refusal == null) {
            try {
                known = guests.peerOf(hello);
            } catch (IllegalArgumentException e) {
                refusal = Handshake.refused(Refused.Reason.NOT_NOW, e.getMessage());
            }
        }
        writeMagic(channel());
        if (refusal != null) {
            writeAndClose(FrameType.REFUSED, refusal, "refused: " + Notices.printable(refusal.getText()));
            return;
        }
        peer = known;
        purpose = hello.getPurpose();
        int bodyBytesMax = switch (purpose) {
            case APPENDS -> world.limits().messageBytesMax();
            case SNAPSHOT -> PeerLayout.LARGE_BODY_BYTES_MAX;
            default -> PeerLayout.BODY_BYTES_MAX;
        };
        agree(known.counters(), bodyBytesMax);
        writeAndFlush(FrameType.WELCOME, Handshake.hello(world, hello.getFromNodeId(), purpose));
    }

    private void onQuery(MembersQuery query) {
        writeMagic(channel());
        ClusterMembers members = world.handler().clusterMembers();
        if (!Handshake.speaks(query.getProtocolVersion(), query.getProtocolVersionMin())) {
            String text = Handshake.versions(query.getProtocolVersionMin(), query.getProtocolVersion());
            refuseQuery(Refused.Reason.INCOMPATIBLE_VERSION, text);
        } else if (members == null) {
            refuseQuery(Refused.Reason.NOT_NOW, "the members are not known yet");
        } else {
            Members answer = Members.newBuilder()
                    .setProtocolVersion(PeerLayout.PROTOCOL_VERSION)
                    .setProtocolVersionMin(PeerLayout.PROTOCOL_VERSION_MIN)
                    .setServerVersion(members.serverVersion())
                    .setClusterId(members.clusterId())
                    .setNodeId(members.nodeId())
                    .addAllMembers(members.members().stream()
                            .map(Member::toByteString)
                            .toList())
                    .build();
            writeAndClose(FrameType.MEMBERS, answer, DONE);
        }
    }

    private void refuseQuery(Refused.Reason reason, String text) {
        writeAndClose(FrameType.REFUSED, Handshake.refused(reason, text), "refused: " + text);
    }

    private Message checked(Message message) {
        if (message.from() != peer.nodeId() || message.to() != world.self().nodeId()) {
            throw new PeerProtocolException("a message from node " + Handshake.hex(message.from()) + " to node "
                    + Handshake.hex(message.to()) + " on a connection of node " + Handshake.hex(peer.nodeId()));
        }
        if (message instanceof Message.InstallSnapshot && purpose != Purpose.SNAPSHOT) {
            throw new PeerProtocolException("a snapshot without its bytes");
        }
        return message;
    }

    // ---- promotion

    private void onPromotionFrame(Frame frame) {
        if (frame.type() != FrameType.PROMOTE || promotionAsked) {
            throw unexpected(frame);
        }
        promotionAsked = true;
        world.handler()
                .onPromotion(frame.parse(Promote.parser()).getMemberId())
                .whenComplete((members, failure) ->
                        PeerEnvironment.execute(channel().eventLoop(), () -> answerPromotion(members, failure)));
    }

    private void answerPromotion(MemberListResponse members, Throwable failure) {
        Promoted.Builder answer = Promoted.newBuilder();
        switch (failure instanceof CompletionException ? failure.getCause() : failure) {
            case null -> answer.setMembers(members.toByteString());
            case RequestException refusal -> answer.setRefusal(refusal.error().text());
            case Throwable other -> {
                close("an error of this node: " + other);
                return;
            }
        }
        writeAndClose(FrameType.PROMOTED, answer.build(), DONE);
    }

    // ---- snapshots: handed to the one thread that may wait for the disk

    private void onSnapshotFrame(Frame frame) {
        switch (frame.type()) {
            case SNAPSHOT_BEGIN -> {
                SnapshotBegin begin = frame.parse(SnapshotBegin.parser());
                if (!(checked(MessageCodec.decode(begin.getMessage())) instanceof Message.InstallSnapshot message)
                        || begin.getSizeBytes() < 0) {
                    throw new PeerProtocolException("a snapshot that is none");
                }
                snapshots.begin(this, new SnapshotAssembly(begin.getSnapshotId(), message, begin.getSizeBytes()));
            }
            case SNAPSHOT_CHUNK -> {
                if (waitingChunkCount.incrementAndGet() >= WAITING_CHUNK_COUNT_MAX) {
                    channel().config().setAutoRead(false);
                }
                snapshots.add(this, frame.parse(SnapshotChunk.parser()));
            }
            case SNAPSHOT_END -> snapshots.end(this, frame.parse(SnapshotEnd.parser()));
            default -> throw unexpected(frame);
        }
    }

    /// A chunk does not wait any more. Called by the thread that writes them.
    void onChunkDone() {
        // Passed on each way down from the maximum, and after the maximum was reached: so reading always goes on.
        if (waitingChunkCount.decrementAndGet() == WAITING_CHUNK_COUNT_LOW) {
            PeerEnvironment.execute(channel().eventLoop(), () -> channel().config().setAutoRead(true));
        }
    }

    @Override
    void onEnd(String reason) {
        if (purpose == Purpose.SNAPSHOT) {
            snapshots.onBroken(this);
        }
        boolean usual = reason.equals(DONE)
                || reason.equals(STOPPING)
                || peer != null && reason.equals(OTHER_SIDE_CLOSED);
        world.notices().log(
                usual ? Level.DEBUG : Level.WARNING,
                subject() + NUMBERS.matcher(reason).replaceAll("#"),
                subject() + ": " + reason);
        if (peer != null) {
            guests.onLeft(peer);
        }
    }

    @Override
    String subject() {
        return peer == null
                ? "closing a connection from " + host
                : "closing a connection from node " + Handshake.hex(peer.nodeId()) + " at " + host;
    }
}
