package tenon.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tenon.api.Platform;
import tenon.server.error.EtcdError;
import tenon.server.kv.AnswerMemory;
import tenon.server.metrics.StageRecorder;
import tenon.server.rpc.KVGrpc;
import tenon.server.rpc.RangeRequest;
import tenon.server.rpc.RangeResponse;

/// A client that asks and asks, and does not read the answers, gets no more memory than there is for all answers.
@Timeout(60)
class UnreadAnswersTest {
    private static final int ANSWER_BYTES = 300_000;
    private static final int ANSWERS = 3;
    /// The answer is an echo.
    private static final RangeRequest REQUEST = RangeRequest.newBuilder()
            .setKey(ByteString.copyFrom(new byte[ANSWER_BYTES]))
            .build();

    private final AnswerMemory memory = new AnswerMemory(ANSWERS * (ANSWER_BYTES + 1_000L) / 3 * 4);
    private final List<ClientCall<RangeRequest, RangeResponse>> unread = new ArrayList<>();
    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws IOException {
        var form = new KvGrpcService.FormCheck(128, Platform.system().clock(), new StageRecorder());
        server = NettyServerBuilder.forPort(0)
                .addService(KvGrpcService.bind(form, memory, new FakeKv(), new FakeAuth()))
                .build()
                .start();
        channel = NettyChannelBuilder.forAddress("localhost", server.getPort())
                .usePlaintext()
                .flowControlWindow(65_535)
                .build();
    }

    @AfterEach
    void stop() throws InterruptedException {
        channel.shutdownNow();
        server.shutdownNow();
        server.awaitTermination(5, TimeUnit.SECONDS);
    }

    /// @param wanted answers to be read at once
    /// @return how it ended
    private CompletableFuture<Status> ask(int wanted) {
        CompletableFuture<Status> end = new CompletableFuture<>();
        ClientCall<RangeRequest, RangeResponse> call = channel.newCall(KVGrpc.getRangeMethod(), CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        end.complete(status);
                    }
                },
                new Metadata());
        call.sendMessage(REQUEST);
        call.halfClose();
        if (wanted > 0) {
            call.request(wanted);
        } else {
            unread.add(call);
        }
        return end;
    }

    private void awaitTaken(long bytes) throws InterruptedException {
        while (memory.takenBytes() / ANSWER_BYTES != bytes / ANSWER_BYTES) {
            Thread.sleep(1);
        }
    }

    @Test
    void shouldHaveRoomForNoMoreUntilSomeAreReadOrGivenUp() throws InterruptedException {
        for (int i = 1; i <= ANSWERS; i++) {
            ask(0);
            awaitTaken(i * ANSWER_BYTES);
        }
        Status refusal = ask(2).join();
        assertEquals(EtcdError.NO_MEMORY_FOR_ANSWER.text(), refusal.getDescription());
        unread.getFirst().cancel("has gone", null);
        awaitTaken((ANSWERS - 1) * ANSWER_BYTES);
        assertEquals(Status.Code.OK, ask(2).join().getCode());
        unread.subList(1, ANSWERS).forEach(call -> call.request(2));
        awaitTaken(0);
        assertEquals(0, memory.takenBytes());
    }
}
