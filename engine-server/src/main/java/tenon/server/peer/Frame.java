package tenon.server.peer;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.CRC32C;

/// A frame that has arrived whole and with the right CRC.
///
/// @param body released by whoever takes the frame
record Frame(FrameType type, ByteBuf body) {
    /// Reads the body. It copies what it keeps, so that the body can be released afterwards.
    ///
    /// @throws PeerProtocolException if the body is no such message
    <T> T parse(Parser<T> parser) {
        try {
            return parser.parseFrom(CodedInputStream.newInstance(body.nioBuffer()));
        } catch (InvalidProtocolBufferException e) {
            throw new PeerProtocolException("a frame of type " + type + " that cannot be read: " + e.getMessage());
        }
    }

    /// Makes a frame. The bytes of the body are written where the socket takes them from: that is the only copy of an
    /// entry's data on its way out.
    static ByteBuf encode(ByteBufAllocator allocator, FrameType type, MessageLite body) {
        int length = body.getSerializedSize();
        int end = Math.addExact(PeerLayout.BODY_OFFSET, length);
        ByteBuf frame = allocator.directBuffer(end, end);
        try {
            CodedOutputStream output =
                    CodedOutputStream.newInstance(frame.nioBuffer(PeerLayout.BODY_OFFSET, length));
            body.writeTo(output);
            output.flush();
            frame.setIntLE(PeerLayout.LENGTH_OFFSET, length);
            frame.setByte(PeerLayout.TYPE_OFFSET, type.number());
            frame.setIntLE(PeerLayout.CRC_OFFSET, crc(frame, 0, length));
            return frame.writerIndex(end);
        } catch (IOException e) {
            frame.release();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            frame.release();
            throw e;
        }
    }

    /// The CRC of the frame that begins at this place in the bytes.
    static int crc(ByteBuf bytes, int begin, int length) {
        CRC32C crc = new CRC32C();
        int covered = PeerLayout.BODY_OFFSET - PeerLayout.LENGTH_OFFSET + length;
        crc.update(bytes.nioBuffer(begin + PeerLayout.LENGTH_OFFSET, covered));
        return (int) crc.getValue();
    }
}
