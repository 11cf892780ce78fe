package tenon.server.peer;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntConsumer;

/// Cuts what arrives into frames. Lengths are checked before anything is kept for them; what is kept grows with what has
/// really arrived. After the first thing that is wrong, nothing is read any more.
final class FrameDecoder extends ByteToMessageDecoder {
    private static final int TLS_HANDSHAKE = 0x16;

    private final IntConsumer onBytes;
    private int bodyBytesMax;
    private boolean magicRead;
    private boolean broken;

    /// @param onBytes told how many bytes have arrived, however few
    FrameDecoder(int bodyBytesMax, IntConsumer onBytes) {
        this.bodyBytesMax = bodyBytesMax;
        this.onBytes = onBytes;
    }

    /// From the next frame on.
    void setBodyBytesMax(int bytes) {
        bodyBytesMax = bytes;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (message instanceof ByteBuf bytes) {
            onBytes.accept(bytes.readableBytes());
        }
        super.channelRead(context, message);
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf bytes, List<Object> frames) {
        if (broken) {
            bytes.skipBytes(bytes.readableBytes());
            return;
        }
        try {
            Frame frame = findFrame(bytes);
            if (frame != null) {
                frames.add(frame);
            }
        } catch (PeerProtocolException e) {
            broken = true;
            bytes.skipBytes(bytes.readableBytes());
            throw e;
        }
    }

    private Frame findFrame(ByteBuf bytes) {
        if (!magicRead) {
            checkMagic(bytes);
            if (bytes.readableBytes() < PeerLayout.MAGIC_BYTES) {
                return null;
            }
            bytes.skipBytes(PeerLayout.MAGIC_BYTES);
            magicRead = true;
        }
        if (bytes.readableBytes() < PeerLayout.BODY_OFFSET) {
            return null;
        }
        int begin = bytes.readerIndex();
        int length = bytes.getIntLE(begin + PeerLayout.LENGTH_OFFSET);
        int number = bytes.getUnsignedByte(begin + PeerLayout.TYPE_OFFSET);
        FrameType type = FrameType.findByNumber(number);
        if (type == null) {
            throw new PeerProtocolException("a frame of type " + number + ", which there is not");
        }
        if (length < 0 || length > bodyBytesMax) {
            throw new PeerProtocolException(
                    "a frame of type " + type + " with " + Integer.toUnsignedString(length) + " bytes, where "
                            + bodyBytesMax + " is the most");
        }
        if (bytes.readableBytes() - PeerLayout.BODY_OFFSET < length) {
            return null;
        }
        if (bytes.getIntLE(begin + PeerLayout.CRC_OFFSET) != Frame.crc(bytes, begin, length)) {
            throw new PeerProtocolException("a frame of type " + type + " with a wrong CRC");
        }
        bytes.skipBytes(PeerLayout.BODY_OFFSET);
        return new Frame(type, bytes.readRetainedSlice(length));
    }

    private static void checkMagic(ByteBuf bytes) {
        int count = Math.min(bytes.readableBytes(), PeerLayout.MAGIC_BYTES);
        for (int index = 0; index < count; index++) {
            if (bytes.getByte(bytes.readerIndex() + index) != PeerLayout.MAGIC[index]) {
                throw new PeerProtocolException("no member of Tenon: " + guess(bytes, count));
            }
        }
    }

    /// Who most probably connects by mistake.
    private static String guess(ByteBuf bytes, int count) {
        if (bytes.getByte(bytes.readerIndex()) == TLS_HANDSHAKE) {
            return "it speaks TLS, where http is configured";
        }
        String text = bytes.toString(bytes.readerIndex(), count, StandardCharsets.ISO_8859_1);
        boolean http = text.matches("(PRI \\*|HTTP/|[A-Z]+ /).*") || text.matches("[A-Z]{3,7} ?");
        return http ? "it speaks HTTP, as a client or a member of etcd does" : "it speaks something unknown";
    }
}
