package tenon.server.grpc;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import tenon.mvcc.WatchEvent;
import tenon.server.rpc.Event;
import tenon.server.rpc.WatchResponse;

/// A `WatchResponse` whose events go from the store's bytes to the connection's without being made into messages.
///
/// @param head all but the events
record WatchFrame(WatchResponse head, List<WatchEvent> events) {
    private static final int DELETE = Event.EventType.DELETE_VALUE;

    /// Size of the message in bytes.
    int sizeBytes() {
        int size = head.getSerializedSize();
        for (WatchEvent event : events) {
            size += fieldSizeBytes(event);
        }
        return size;
    }

    /// Size of the field that an event is in a response, in bytes.
    static int fieldSizeBytes(WatchEvent event) {
        int size = sizeBytes(event);
        return CodedOutputStream.computeTagSize(WatchResponse.EVENTS_FIELD_NUMBER)
                + CodedOutputStream.computeUInt32SizeNoTag(size)
                + size;
    }

    private static int sizeBytes(WatchEvent event) {
        byte[] record = event.keyValue().encoded();
        int size = CodedOutputStream.computeByteArraySize(Event.KV_FIELD_NUMBER, record);
        if (event.isDelete()) {
            size += CodedOutputStream.computeEnumSize(Event.TYPE_FIELD_NUMBER, DELETE);
        }
        if (event.previous() != null) {
            byte[] previous = event.previous().encoded();
            size += CodedOutputStream.computeByteArraySize(Event.PREV_KV_FIELD_NUMBER, previous);
        }
        return size;
    }

    private void writeTo(OutputStream target) throws IOException {
        CodedOutputStream out = CodedOutputStream.newInstance(target);
        head.writeTo(out);
        for (WatchEvent event : events) {
            out.writeTag(WatchResponse.EVENTS_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
            out.writeUInt32NoTag(sizeBytes(event));
            if (event.isDelete()) {
                out.writeEnum(Event.TYPE_FIELD_NUMBER, DELETE);
            }
            out.writeByteArray(Event.KV_FIELD_NUMBER, event.keyValue().encoded());
            if (event.previous() != null) {
                out.writeByteArray(Event.PREV_KV_FIELD_NUMBER, event.previous().encoded());
            }
        }
        out.flush();
    }

    /// The server's side: frames are sent and never received.
    static final class Marshaller implements MethodDescriptor.Marshaller<WatchFrame> {
        @Override
        public InputStream stream(WatchFrame frame) {
            return new Bytes(frame);
        }

        @Override
        public WatchFrame parse(InputStream stream) {
            throw new UnsupportedOperationException("a server receives no responses");
        }
    }

    /// The message as gRPC takes it: whole, in one go, after its length. Whoever reads it byte by byte gets a copy.
    private static final class Bytes extends InputStream implements Drainable, KnownLength {
        private final WatchFrame frame;
        // Null until somebody reads.
        private InputStream copy;
        private boolean drained;

        Bytes(WatchFrame frame) {
            this.frame = frame;
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            drained = true;
            frame.writeTo(target);
            return frame.sizeBytes();
        }

        @Override
        public int available() throws IOException {
            if (copy != null) {
                return copy.available();
            }
            return drained ? 0 : frame.sizeBytes();
        }

        @Override
        public int read() throws IOException {
            return copy().read();
        }

        @Override
        public int read(byte[] target, int index, int lengthBytes) throws IOException {
            return copy().read(target, index, lengthBytes);
        }

        private InputStream copy() {
            if (copy == null) {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream(frame.sizeBytes());
                try {
                    frame.writeTo(bytes);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                copy = new ByteArrayInputStream(bytes.toByteArray());
            }
            return copy;
        }
    }
}
