package tenon.server.grpc;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import tenon.server.rpc.WatchCreateRequest;
import tenon.server.rpc.WatchGrpc;
import tenon.server.rpc.WatchRequest;
import tenon.server.rpc.WatchResponse;

/// The client's end of a watch stream.
public final class WatchingClient extends ClientCall.Listener<WatchResponse> {
    public final ClientCall<WatchRequest, WatchResponse> call;
    private final List<WatchResponse> responses = new ArrayList<>();
    private Status end;

    private WatchingClient(Channel channel, Metadata headers, int responseCount) {
        call = channel.newCall(WatchGrpc.getWatchMethod(), CallOptions.DEFAULT);
        call.start(this, headers);
        if (responseCount > 0) {
            call.request(responseCount);
        }
    }

    /// Takes all that comes.
    public static WatchingClient of(Channel channel) {
        return new WatchingClient(channel, new Metadata(), Integer.MAX_VALUE);
    }

    public static WatchingClient of(Channel channel, String header, String value) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of(header, Metadata.ASCII_STRING_MARSHALLER), value);
        return new WatchingClient(channel, headers, Integer.MAX_VALUE);
    }

    /// Takes nothing until it asks for it.
    public static WatchingClient ofNoResponse(Channel channel) {
        return new WatchingClient(channel, new Metadata(), 0);
    }

    public void create(String key, Consumer<WatchCreateRequest.Builder> options) {
        WatchCreateRequest.Builder create = WatchCreateRequest.newBuilder().setKey(ByteString.copyFromUtf8(key));
        options.accept(create);
        call.sendMessage(WatchRequest.newBuilder().setCreateRequest(create).build());
    }

    public void cancel(long watchId) {
        WatchRequest.Builder request = WatchRequest.newBuilder();
        request.getCancelRequestBuilder().setWatchId(watchId);
        call.sendMessage(request.build());
    }

    public void requestProgress() {
        WatchRequest.Builder request = WatchRequest.newBuilder();
        request.getProgressRequestBuilder();
        call.sendMessage(request.build());
    }

    @Override
    public synchronized void onMessage(WatchResponse response) {
        responses.add(response);
        notifyAll();
    }

    @Override
    public synchronized void onClose(Status status, Metadata trailers) {
        end = status;
        notifyAll();
    }

    /// All responses, once there are so many.
    public synchronized List<WatchResponse> await(int count) throws InterruptedException {
        while (responses.size() < count && end == null) {
            wait();
        }
        if (responses.size() < count) {
            throw new IllegalStateException("ended after " + responses + " with " + end);
        }
        return List.copyOf(responses);
    }

    public synchronized int count() {
        return responses.size();
    }

    public synchronized Status awaitEnd() throws InterruptedException {
        while (end == null) {
            wait();
        }
        return end;
    }
}
