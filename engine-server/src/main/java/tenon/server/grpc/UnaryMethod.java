package tenon.server.grpc;

import com.google.protobuf.MessageLite;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Function;
import tenon.server.error.EtcdError;
import tenon.server.kv.AnswerMemory;

/// Serves calls with one request and one response. The body runs on the event loop of the connection and so must not
/// block; the response is sent by the thread that completes the future. A call that was cancelled, or whose deadline
/// has passed, before its request was complete never reaches the body.
final class UnaryMethod<Q, R extends MessageLite> implements ServerCallHandler<Q, R> {
    private final Function<? super Q, CompletableFuture<R>> body;
    private final AnswerMemory answers;

    /// For responses that are never large.
    UnaryMethod(Function<? super Q, CompletableFuture<R>> body) {
        this(body, new AnswerMemory(Long.MAX_VALUE));
    }

    /// @param answers for the responses that are on their way: of them, clients who do not read get no more than that
    UnaryMethod(Function<? super Q, CompletableFuture<R>> body, AnswerMemory answers) {
        this.body = body;
        this.answers = answers;
    }

    @Override
    public ServerCall.Listener<Q> startCall(ServerCall<Q, R> call, Metadata headers) {
        // Two, so that a second request, which must not come, is seen.
        call.request(2);
        return new Exchange(call);
    }

    /// One call. Its methods are called one after the other on the event loop, but for [#accept].
    private final class Exchange extends ServerCall.Listener<Q> implements BiConsumer<R, Throwable> {
        private final ServerCall<Q, R> call;
        private final AnswerMemory.Share share = answers.begin();
        private Q request;
        private boolean closed;

        Exchange(ServerCall<Q, R> call) {
            this.call = call;
        }

        @Override
        public void onMessage(Q message) {
            if (message == null) {
                refuse("the request is malformed");
            } else if (request != null) {
                refuse("two requests in a unary call");
            }
            request = message;
        }

        @Override
        public void onHalfClose() {
            if (request == null) {
                refuse("no request in a unary call");
            }
            if (closed || call.isCancelled()) {
                return;
            }
            CompletableFuture<R> response;
            try {
                response = body.apply(request);
            } catch (RuntimeException e) {
                close(e);
                return;
            }
            response.whenComplete(this);
        }

        @Override
        public void accept(R response, Throwable failure) {
            if (call.isCancelled()) {
                return;
            }
            if (failure != null) {
                close(failure);
                return;
            }
            if (!share.take(response.getSerializedSize())) {
                close(EtcdError.NO_MEMORY_FOR_ANSWER.exception());
                return;
            }
            try {
                call.sendHeaders(new Metadata());
                call.sendMessage(response);
                call.close(Status.OK, new Metadata());
            } catch (RuntimeException e) {
                close(e);
            }
            if (call.isCancelled()) {
                // It may have been told of that before there was anything to give back.
                share.close();
            }
        }

        @Override
        public void onComplete() {
            share.close();
        }

        @Override
        public void onCancel() {
            share.close();
        }

        private void close(Throwable failure) {
            call.close(Failures.toStatus(failure, call.getMethodDescriptor().getFullMethodName()), new Metadata());
        }

        private void refuse(String description) {
            if (!closed) {
                closed = true;
                call.close(Status.INTERNAL.withDescription(description), new Metadata());
            }
        }
    }
}
