package tenon.server.peer;

import com.google.protobuf.MessageLite;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import tenon.server.peer.wire.Ping;

/// One connection, from either side: it begins with a handshake, says something at least at each tick, and ends when it
/// has heard nothing for too long or something that it must not hear. All happens on its event loop, but for [#close],
/// [#write] and [#onTimer].
abstract class PeerConnection extends FrameHandler {
    /// Why a connection ended that neither side complained of.
    static final String OTHER_SIDE_CLOSED = "the other side closed the connection";
    /// Why a connection ended when its network was closed.
    static final String STOPPING = "this node stops";
    /// Why a connection ended that was there for one answer.
    static final String DONE = "done";

    final PeerEnvironment world;
    private final FrameDecoder decoder;
    private volatile Channel channel;
    private volatile String closeReason;

    // Only the event loop uses these.
    private final long begunNs;
    private long lastHeardNs;
    private long lastTickNs;
    private boolean agreed;
    private boolean ended;
    /// Whose bytes these are; null until that is known.
    private PeerCounters counters;

    PeerConnection(PeerEnvironment world) {
        this.world = world;
        this.decoder = new FrameDecoder(PeerLayout.BODY_BYTES_MAX, this::onBytes);
        this.begunNs = world.clock().monotonicNs();
        this.lastHeardNs = begunNs;
        this.lastTickNs = begunNs;
    }

    /// Puts the handlers behind that of TLS, if there is one.
    final void addTo(ChannelPipeline pipeline) {
        pipeline.addLast(decoder, this);
    }

    // ---- for those who know what the connection is for

    /// A frame that is no ping.
    abstract void onContent(Frame frame);

    /// It has ended, or was never made. Called once.
    abstract void onEnd(String reason);

    /// How the connection is named in the log; the same one for two connections of the same peer.
    abstract String subject();

    /// A tick after the agreement.
    void onTick(long nowNs) {}

    final boolean isAgreed() {
        return agreed;
    }

    /// The handshake is done.
    ///
    /// @param bodyBytesMax of the frames that come now
    final void agree(PeerCounters peerCounters, int bodyBytesMax) {
        agreed = true;
        counters = peerCounters;
        decoder.setBodyBytesMax(bodyBytesMax);
    }

    final Channel channel() {
        return channel;
    }

    final boolean isWritable() {
        return channel.isWritable();
    }

    /// Sends a frame, without a flush.
    final void write(FrameType type, MessageLite body) {
        ByteBuf frame = Frame.encode(channel.alloc(), type, body);
        PeerCounters known = counters;
        if (known != null) {
            known.sentBytes.add(frame.readableBytes());
        }
        channel.write(frame, channel.voidPromise());
    }

    final void writeAndFlush(FrameType type, MessageLite body) {
        write(type, body);
        channel.flush();
    }

    final void flush() {
        channel.flush();
    }

    /// Sends a last frame and closes.
    final void writeAndClose(FrameType type, MessageLite body, String reason) {
        noteReason(reason);
        write(type, body);
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> channel.close());
    }

    /// Closes, or sees to it that it never opens. Safe for use by any thread; the first reason counts.
    final void close(String reason) {
        noteReason(reason);
        Channel made = channel;
        if (made != null) {
            made.close();
        }
    }

    /// Closes for what the other side did, or for what failed.
    final void fail(String reason) {
        if (closeReason == null && counters != null) {
            counters.receiveFailures.increment();
        }
        close(reason);
    }

    private void noteReason(String reason) {
        if (closeReason == null) {
            closeReason = reason;
        }
    }

    /// The connection could not be made.
    final void onDialFailed(String reason) {
        noteReason(reason);
        end();
    }

    // ---- time

    /// Called by the clock.
    final void onTimer(long nowNs) {
        Channel made = channel;
        if (made != null) {
            PeerEnvironment.execute(made.eventLoop(), () -> checkTime(nowNs));
        }
    }

    private void checkTime(long nowNs) {
        if (ended) {
            return;
        }
        if (!agreed) {
            if (nowNs - begunNs > world.timing().handshakeNs()) {
                close("no agreement within the time for it");
            }
            return;
        }
        boolean wasAway = nowNs - lastTickNs > world.timing().silenceNs() / 2;
        lastTickNs = nowNs;
        if (wasAway || !channel.config().isAutoRead()) {
            // It is we who did not listen.
            lastHeardNs = nowNs;
        } else if (nowNs - lastHeardNs > world.timing().silenceNs()) {
            close("nothing was heard for too long");
            return;
        }
        onTick(nowNs);
        // With so much on its way already, the other side hears us anyway, or never will.
        if (isWritable()) {
            writeAndFlush(FrameType.PING, ping(nowNs));
        }
    }

    private static Ping ping(long number) {
        return Ping.newBuilder().setNumber(number).build();
    }

    private void onBytes(int count) {
        lastHeardNs = world.clock().monotonicNs();
        if (counters != null) {
            counters.receivedBytes.add(count);
        }
    }

    private void onPong(Ping pong) {
        long roundTripNs = world.clock().monotonicNs() - pong.getNumber();
        if (roundTripNs >= 0 && roundTripNs <= world.timing().silenceNs()) {
            counters.roundTrip.record(roundTripNs);
        }
    }

    // ---- Netty

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        channel = context.channel();
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        world.connections().add(this);
        if (closeReason == null) {
            super.channelActive(context);
        } else {
            context.close();
        }
    }

    @Override
    final void onFrame(Frame frame) {
        if (closeReason != null) {
            return;
        }
        if (agreed && frame.type() == FrameType.PING) {
            writeAndFlush(FrameType.PONG, frame.parse(Ping.parser()));
        } else if (agreed && frame.type() == FrameType.PONG) {
            onPong(frame.parse(Ping.parser()));
        } else {
            onContent(frame);
        }
    }

    @Override
    final void onFailure(String reason, boolean byPeer) {
        if (byPeer) {
            fail(reason);
        } else {
            close(reason);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        noteReason(OTHER_SIDE_CLOSED);
        end();
    }

    private void end() {
        world.connections().remove(this);
        if (!ended) {
            ended = true;
            onEnd(closeReason);
        }
    }
}
