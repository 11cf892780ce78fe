package tenon.bench.load;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import tenon.server.rpc.RangeRequest;
import tenon.server.rpc.RangeResponse;
import tenon.server.rpc.StatusResponse;

/// The few calls that measurements need, by gRPC as any client does it, and their requests as bytes. One connection.
public final class EtcdCalls implements AutoCloseable {
    private static final int SERIALIZABLE_FIELD = RangeRequest.SERIALIZABLE_FIELD_NUMBER;
    static final String PUT_PATH = "/etcdserverpb.KV/Put";
    static final String RANGE_PATH = "/etcdserverpb.KV/Range";
    static final String STATUS_PATH = "/etcdserverpb.Maintenance/Status";
    private static final MethodDescriptor<byte[], byte[]> PUT = unary(PUT_PATH);
    private static final MethodDescriptor<byte[], byte[]> RANGE = unary(RANGE_PATH);
    private static final MethodDescriptor<byte[], byte[]> STATUS = unary(STATUS_PATH);

    private final ManagedChannel channel;

    public EtcdCalls(InetSocketAddress server) {
        channel = NettyChannelBuilder.forAddress(server)
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
        waitFor(PUT, putRequest(key, value));
    }

    /// How many keys the server has; a linearizable read.
    public long countKeys() {
        ByteString everything = ByteString.copyFrom(new byte[1]);
        byte[] request = RangeRequest.newBuilder()
                .setKey(everything)
                .setRangeEnd(everything)
                .setCountOnly(true)
                .build()
                .toByteArray();
        try {
            return RangeResponse.parseFrom(waitFor(RANGE, request)).getCount();
        } catch (InvalidProtocolBufferException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What the server says of itself.
    public StatusResponse status() {
        try {
            return StatusResponse.parseFrom(waitFor(STATUS, new byte[0]));
        } catch (InvalidProtocolBufferException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What a server says to a request, in words.
    static String ask(InetSocketAddress server, String path, byte[] request) {
        try (EtcdCalls calls = new EtcdCalls(server)) {
            calls.waitFor(unary(path), request);
            return Status.OK.getCode().toString();
        } catch (StatusRuntimeException e) {
            return e.getMessage();
        }
    }

    private byte[] waitFor(MethodDescriptor<byte[], byte[]> method, byte[] request) {
        return ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, request);
    }

    public static byte[] putRequest(byte[] key, byte[] value) {
        byte[] request = new byte[CodedOutputStream.computeByteArraySize(1, key)
                + CodedOutputStream.computeByteArraySize(2, value)];
        CodedOutputStream out = CodedOutputStream.newInstance(request);
        try {
            out.writeByteArray(1, key);
            out.writeByteArray(2, value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return request;
    }

    /// @param serializable whether the server may answer with what it has, without asking others
    public static byte[] getRequest(byte[] key, boolean serializable) {
        byte[] request = new byte[CodedOutputStream.computeByteArraySize(1, key)
                + (serializable ? CodedOutputStream.computeBoolSize(SERIALIZABLE_FIELD, true) : 0)];
        CodedOutputStream out = CodedOutputStream.newInstance(request);
        try {
            out.writeByteArray(1, key);
            if (serializable) {
                out.writeBool(SERIALIZABLE_FIELD, true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return request;
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }

    private static MethodDescriptor<byte[], byte[]> unary(String path) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(path.substring(1))
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
