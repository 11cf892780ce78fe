package tenon.bench.load;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/// The few calls that a load needs, as bytes: the client's own work must not be what is measured.
public final class EtcdCalls implements AutoCloseable {
    private static final int RANGE_COUNT_FIELD = 4;
    private static final int RANGE_COUNT_ONLY_FIELD = 9;
    private static final MethodDescriptor<byte[], byte[]> PUT = unary("Put");
    private static final MethodDescriptor<byte[], byte[]> RANGE = unary("Range");

    private final ManagedChannel channel;

    public EtcdCalls(String host, int port) {
        channel = NettyChannelBuilder.forAddress(host, port)
                .usePlaintext()
                .directExecutor()
                .build();
    }

    public void put(byte[] request, StreamObserver<byte[]> answer) {
        ClientCalls.asyncUnaryCall(channel.newCall(PUT, CallOptions.DEFAULT), request, answer);
    }

    public void range(byte[] request, StreamObserver<byte[]> answer) {
        ClientCalls.asyncUnaryCall(channel.newCall(RANGE, CallOptions.DEFAULT), request, answer);
    }

    /// Puts and waits for the answer.
    public void putAndWait(byte[] key, byte[] value) {
        ClientCalls.blockingUnaryCall(channel, PUT, CallOptions.DEFAULT, putRequest(key, value));
    }

    /// How many keys the server has; a linearizable read.
    public long countKeys() {
        byte[] everything = {0};
        byte[] request = message(out -> {
            out.writeByteArray(1, everything);
            out.writeByteArray(2, everything);
            out.writeBool(RANGE_COUNT_ONLY_FIELD, true);
        });
        return countOf(ClientCalls.blockingUnaryCall(channel, RANGE, CallOptions.DEFAULT, request));
    }

    public static byte[] putRequest(byte[] key, byte[] value) {
        return message(out -> {
            out.writeByteArray(1, key);
            out.writeByteArray(2, value);
        });
    }

    public static byte[] getRequest(byte[] key) {
        return message(out -> out.writeByteArray(1, key));
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }

    private static long countOf(byte[] rangeResponse) {
        try {
            CodedInputStream in = CodedInputStream.newInstance(rangeResponse);
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (WireFormat.getTagFieldNumber(tag) == RANGE_COUNT_FIELD) {
                    return in.readInt64();
                }
                in.skipField(tag);
            }
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Fields {
        void writeTo(CodedOutputStream out) throws IOException;
    }

    private static byte[] message(Fields fields) {
        java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            fields.writeTo(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static MethodDescriptor<byte[], byte[]> unary(String method) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName("etcdserverpb.KV/" + method)
                .setRequestMarshaller(Bytes.INSTANCE)
                .setResponseMarshaller(Bytes.INSTANCE)
                .build();
    }

    private enum Bytes implements MethodDescriptor.Marshaller<byte[]> {
        INSTANCE;

        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
