package tenon.server.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tenon.server.error.EtcdError;
import tenon.server.error.RequestException;
import tenon.server.peer.wire.Hello;
import tenon.server.peer.wire.Promote;
import tenon.server.peer.wire.Promoted;
import tenon.server.peer.wire.Purpose;
import tenon.server.peer.wire.Refused;
import tenon.server.rpc.Member;
import tenon.server.rpc.MemberListResponse;

/// Node 1 asks node 2, which leads or should, to promote learner 3.
@Timeout(120)
class PeerPromotionTest {
    private static final long LEARNER_ID = 3;

    private static EtcdError failure(CompletableFuture<?> answer) {
        ExecutionException failure = assertThrows(ExecutionException.class, () -> answer.get(60, TimeUnit.SECONDS));
        return assertInstanceOf(RequestException.class, failure.getCause()).error();
    }

    @Test
    void shouldBringTheMembers() throws Exception {
        // More than fits into a frame of another kind.
        MemberListResponse all = MemberListResponse.newBuilder()
                .addMembers(Member.newBuilder().setID(LEARNER_ID).setName("x".repeat(PeerLayout.BODY_BYTES_MAX)))
                .build();
        try (TestMember follower = new TestMember(1);
                TestMember leader = new TestMember(2)) {
            leader.promotion = memberId -> memberId == LEARNER_ID
                    ? CompletableFuture.completedFuture(all)
                    : CompletableFuture.failedFuture(EtcdError.MEMBER_NOT_FOUND.exception());
            TestMember.connect(follower, leader);
            assertEquals(all, follower.network.promote(2, LEARNER_ID).get(60, TimeUnit.SECONDS));
            assertEquals(EtcdError.MEMBER_NOT_FOUND, failure(follower.network.promote(2, 4)));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LEARNER_NOT_READY", "MEMBER_NOT_LEARNER", "NOT_LEADER", "TOO_MANY_REQUESTS", "TIMEOUT"})
    void shouldBringTheRefusalAsItIs(EtcdError refusal) {
        try (TestMember follower = new TestMember(1);
                TestMember leader = new TestMember(2)) {
            // As a stage behind the one that failed has it.
            leader.promotion = _ -> CompletableFuture.<MemberListResponse>failedFuture(refusal.exception())
                    .thenApply(members -> members);
            TestMember.connect(follower, leader);
            assertEquals(refusal, failure(follower.network.promote(2, LEARNER_ID)));
        }
    }

    @Test
    void shouldAskAtAnotherUrlIfThereIsNobodyAtTheFirst() throws Exception {
        try (TestMember follower = new TestMember(1);
                TestMember leader = new TestMember(2)) {
            leader.promotion = _ -> CompletableFuture.completedFuture(MemberListResponse.getDefaultInstance());
            follower.network.setPeers(Map.of(2L, List.of(URI.create("http://127.0.0.1:1"), leader.url())));
            assertEquals(
                    MemberListResponse.getDefaultInstance(),
                    follower.network.promote(2, LEARNER_ID).get(60, TimeUnit.SECONDS));
        }
    }

    @Test
    void shouldSayThatThereIsNoLeaderIfNobodyCanBeAsked() {
        try (TestMember follower = new TestMember(1)) {
            assertEquals(EtcdError.NO_LEADER, failure(follower.network.promote(2, LEARNER_ID)), "not known");
            follower.setPeer(2, URI.create("http://127.0.0.1:1"));
            assertEquals(EtcdError.NO_LEADER, failure(follower.network.promote(2, LEARNER_ID)), "not there");
        }
    }

    @Test
    void shouldTimeOutWhenTheLeaderFailsOrStopsMeanwhile() {
        try (TestMember follower = new TestMember(1);
                TestMember leader = new TestMember(2)) {
            leader.promotion = _ -> CompletableFuture.failedFuture(new IllegalStateException("a defect"));
            TestMember.connect(follower, leader);
            assertEquals(EtcdError.TIMEOUT, failure(follower.network.promote(2, LEARNER_ID)));
            BlockingQueue<Long> asked = new LinkedBlockingQueue<>();
            leader.promotion = memberId -> {
                asked.add(memberId);
                return new CompletableFuture<>();
            };
            CompletableFuture<?> answer = follower.network.promote(2, LEARNER_ID);
            assertEquals(LEARNER_ID, TestMember.next(asked));
            leader.network.close();
            assertEquals(EtcdError.TIMEOUT, failure(answer));
        }
    }

    /// A leader in this test's hands.
    private record Leader(ServerSocket listener) implements AutoCloseable {
        Leader() throws IOException {
            this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        }

        URI url() {
            return URI.create("http://127.0.0.1:" + listener.getLocalPort());
        }

        /// The connection for a promotion, which has said hello; the others are closed.
        Socket accept() throws IOException {
            while (true) {
                Socket socket = listener.accept();
                socket.setSoTimeout(60_000);
                socket.getInputStream().readNBytes(PeerLayout.MAGIC_BYTES);
                if (Hello.parseFrom(body(socket)).getPurpose() == Purpose.PROMOTION) {
                    socket.getOutputStream().write(PeerLayout.MAGIC);
                    return socket;
                }
                socket.close();
            }
        }

        static void say(Socket socket, FrameType type, MessageLite body) throws IOException {
            socket.getOutputStream().write(PeerHostileTest.frame(type, body));
        }

        static void welcome(Socket socket) throws IOException {
            say(socket, FrameType.WELCOME, Hello.newBuilder()
                    .setProtocolVersion(PeerLayout.PROTOCOL_VERSION)
                    .setProtocolVersionMin(PeerLayout.PROTOCOL_VERSION_MIN)
                    .setClusterId(TestMember.CLUSTER_ID)
                    .setFromNodeId(2)
                    .setToNodeId(1)
                    .setPurpose(Purpose.PROMOTION)
                    .build());
        }

        static byte[] body(Socket socket) throws IOException {
            byte[] head = socket.getInputStream().readNBytes(PeerLayout.BODY_OFFSET);
            int length = Unpooled.wrappedBuffer(head).getIntLE(PeerLayout.LENGTH_OFFSET);
            return socket.getInputStream().readNBytes(length);
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }

    /// As a member of protocol version 1 does, which knows of no such purpose.
    @Test
    void shouldSayThatThereIsNoLeaderIfItIsTooOld() throws IOException {
        try (TestMember follower = new TestMember(1);
                Leader leader = new Leader()) {
            follower.setPeer(2, leader.url());
            CompletableFuture<?> answer = follower.network.promote(2, LEARNER_ID);
            try (Socket socket = leader.accept()) {
                Leader.say(socket, FrameType.REFUSED, Handshake.refused(Refused.Reason.MALFORMED, "no peer"));
                assertEquals(EtcdError.NO_LEADER, failure(answer));
            }
        }
    }

    @Test
    void shouldEndTheConnectionWhenNobodyWaitsAnyMore() throws IOException {
        try (TestMember follower = new TestMember(1);
                Leader leader = new Leader()) {
            follower.setPeer(2, leader.url());
            CompletableFuture<?> answer = follower.network.promote(2, LEARNER_ID);
            try (Socket socket = leader.accept()) {
                Leader.welcome(socket);
                assertEquals(LEARNER_ID, Promote.parseFrom(Leader.body(socket)).getMemberId());
                answer.completeExceptionally(EtcdError.TIMEOUT.exception());
                // Pings, and then the end.
                socket.getInputStream().readAllBytes();
            }
        }
    }

    static Stream<Arguments> hostileAnswers() {
        return Stream.of(
                Arguments.of(FrameType.PROMOTED, Promoted.getDefaultInstance(), "says nothing"),
                Arguments.of(
                        FrameType.PROMOTED,
                        Promoted.newBuilder().setRefusal("\u001b[31m").build(),
                        "an unknown refusal: ?[31m"),
                Arguments.of(
                        FrameType.PROMOTED,
                        Promoted.newBuilder()
                                .setMembers(ByteString.fromHex("0aff"))
                                .build(),
                        "members that cannot be read"),
                Arguments.of(FrameType.PROMOTE, Promote.getDefaultInstance(), "a frame of type PROMOTE out of place"));
    }

    @ParameterizedTest
    @MethodSource("hostileAnswers")
    void shouldTakeNoHostileAnswer(FrameType type, MessageLite body, String reason) throws IOException {
        try (TestMember follower = new TestMember(1);
                Leader leader = new Leader();
                LogLines log = new LogLines()) {
            follower.setPeer(2, leader.url());
            CompletableFuture<?> answer = follower.network.promote(2, LEARNER_ID);
            try (Socket socket = leader.accept()) {
                Leader.welcome(socket);
                Leader.body(socket);
                Leader.say(socket, type, body);
                assertEquals(EtcdError.TIMEOUT, failure(answer));
            }
            assertTrue(log.count(reason) > 0);
        }
    }
}
