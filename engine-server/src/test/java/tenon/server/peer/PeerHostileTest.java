package tenon.server.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.MessageLite;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tenon.api.Message;
import tenon.api.Platform;
import tenon.server.peer.wire.Hello;
import tenon.server.peer.wire.Ping;
import tenon.server.peer.wire.Promote;
import tenon.server.peer.wire.Purpose;
import tenon.server.peer.wire.SnapshotBegin;
import tenon.server.peer.wire.SnapshotChunk;
import tenon.testkit.ManualClock;
import tenon.testkit.Seeds;
import tenon.testkit.SimulatedFileSystem;

/// Whatever comes in at the port, the worst that happens is that its connection is closed.
class PeerHostileTest {
    private static final long HOSTILE_ID = 66;

    private final LogLines log = new LogLines();
    private final ManualClock clock = new ManualClock();
    private final TestMember member = new TestMember(
            1,
            new Platform(new SimulatedFileSystem(), clock, Platform.system().threads(), 1),
            TestMember.CLUSTER_ID,
            options -> options);

    @AfterEach
    void shouldStillServe() throws IOException {
        try (Socket socket = connect()) {
            greet(socket, Purpose.MESSAGES);
            Message message = new Message.TimeoutNow(HOSTILE_ID, 1, 5);
            socket.getOutputStream().write(frame(FrameType.MESSAGE, MessageCodec.encode(message)));
            assertEquals(message, TestMember.next(member.messages));
        }
        member.close();
        log.close();
        assertEquals(0, log.count("error of this node"));
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(member.url().getHost(), member.url().getPort());
        socket.setSoTimeout(60_000);
        return socket;
    }

    static byte[] frame(FrameType type, MessageLite body) {
        ByteBuf frame = Frame.encode(ByteBufAllocator.DEFAULT, type, body);
        byte[] bytes = ByteBufUtil.getBytes(frame);
        frame.release();
        return bytes;
    }

    private static Hello hello(Purpose purpose) {
        return Hello.newBuilder()
                .setProtocolVersion(PeerLayout.PROTOCOL_VERSION)
                .setProtocolVersionMin(PeerLayout.PROTOCOL_VERSION_MIN)
                .setServerVersion("\u001b[31m")
                .setClusterId(TestMember.CLUSTER_ID)
                .setFromNodeId(HOSTILE_ID)
                .setToNodeId(1)
                .setPurpose(purpose)
                .addPeerUrls("http://127.0.0.1:1")
                .build();
    }

    /// As a member would, and waits for the answer.
    private static void greet(Socket socket, Purpose purpose) throws IOException {
        OutputStream output = socket.getOutputStream();
        output.write(PeerLayout.MAGIC);
        output.write(frame(FrameType.HELLO, hello(purpose)));
        byte[] answer = socket.getInputStream().readNBytes(PeerLayout.MAGIC_BYTES + PeerLayout.BODY_OFFSET);
        assertEquals(FrameType.WELCOME.number(), answer[PeerLayout.MAGIC_BYTES + PeerLayout.TYPE_OFFSET]);
    }

    private static void assertClosed(Socket socket) throws IOException {
        try {
            socket.getInputStream().readAllBytes();
        } catch (SocketException _) {
            // Closed with a reset, for there was more to read.
        }
    }

    private void assertClosed(Purpose purpose, String reason, byte[]... frames) throws IOException {
        try (Socket socket = connect()) {
            greet(socket, purpose);
            for (byte[] frame : frames) {
                socket.getOutputStream().write(frame);
            }
            assertClosed(socket);
        }
        log.awaitPart("closing a connection from node 42 at 127.0.0.1: " + reason);
        assertEquals(1, log.count(reason));
    }

    @ParameterizedTest
    @CsvSource({
        "'GET /raft/stream/msgapp/42 HTTP/1.1\r\nHost: a\r\n\r\n', speaks HTTP",
        "'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', speaks HTTP",
        "'\u0016\u0003\u0001', speaks TLS",
        "'SSH-2.0-x', something unknown"
    })
    void shouldCloseWhatIsNoMemberWithOneLine(String bytes, String reason) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            assertClosed(socket);
        }
        log.awaitPart(reason);
        assertEquals(1, log.count("closing a connection"));
    }

    @Test
    void shouldCloseWhateverIsRandom() throws IOException {
        RandomGenerator random = Seeds.random(PeerHostileTest.class);
        for (int round = 0; round < 200; round++) {
            byte[] bytes = new byte[1 + random.nextInt(2000)];
            random.nextBytes(bytes);
            try (Socket socket = connect()) {
                if (round % 2 == 0) {
                    socket.getOutputStream().write(PeerLayout.MAGIC);
                }
                socket.getOutputStream().write(bytes);
                socket.shutdownOutput();
                assertClosed(socket);
            } catch (SocketException _) {
                // Closed while it was written.
            }
        }
        log.awaitPart("a frame of type");
        // However many there are, they differ in few ways.
        assertTrue(log.count("closing a connection") < 40, "too many lines");
    }

    @Test
    void shouldCloseWhoSaysNothingOrTooSlowly() throws IOException {
        List<Socket> sockets = new ArrayList<>();
        for (int count = 0; count < 3; count++) {
            sockets.add(connect());
        }
        sockets.get(1).getOutputStream().write(PeerLayout.MAGIC, 0, 3);
        sockets.get(2).getOutputStream().write(PeerLayout.MAGIC);
        for (Socket socket : sockets) {
            // One that is accepted late has its time from then on.
            TestMember.await("it is closed", () -> {
                clock.advanceNs(TestMember.TIMING.handshakeNs());
                return isClosed(socket);
            });
            socket.close();
        }
        assertTrue(log.count("no agreement within the time for it") > 0);
    }

    private static boolean isClosed(Socket socket) {
        try {
            socket.setSoTimeout(50);
            assertClosed(socket);
            return true;
        } catch (SocketTimeoutException _) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldTakeNothingLargeFromWhoIsNotKnown() throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(PeerLayout.MAGIC);
            socket.getOutputStream().write(new byte[] {0, 0, 0, 0, 0, 0, 0, 16, 1});
            assertClosed(socket);
        }
        log.awaitPart("a frame of type HELLO with 268435456 bytes");
    }

    @Test
    void shouldCloseForAWrongCrc() throws IOException {
        byte[] wrong = frame(FrameType.MESSAGE, MessageCodec.encode(new Message.TimeoutNow(HOSTILE_ID, 1, 5)));
        wrong[wrong.length - 1] ^= 1;
        assertClosed(Purpose.MESSAGES, "a frame of type MESSAGE with a wrong CRC", wrong);
        assertTrue(member.messages.isEmpty());
    }

    @Test
    void shouldCloseForAMessageInAnothersName() throws IOException {
        byte[] forged = frame(FrameType.MESSAGE, MessageCodec.encode(new Message.TimeoutNow(3, 1, 5)));
        assertClosed(Purpose.MESSAGES, "a message from node 3 to node 1 on a connection of node 42", forged);
        assertTrue(member.messages.isEmpty());
    }

    @Test
    void shouldCloseForAMessageToAnother() throws IOException {
        byte[] astray = frame(FrameType.MESSAGE, MessageCodec.encode(new Message.TimeoutNow(HOSTILE_ID, 3, 5)));
        assertClosed(Purpose.APPENDS, "a message from node 42 to node 3 on a connection of node 42", astray);
        assertTrue(member.messages.isEmpty());
    }

    @Test
    void shouldCloseForFramesOutOfPlace() throws IOException {
        assertClosed(
                Purpose.MESSAGES,
                "a frame of type SNAPSHOT_CHUNK out of place",
                frame(FrameType.SNAPSHOT_CHUNK, SnapshotChunk.getDefaultInstance()));
        assertClosed(
                Purpose.APPENDS,
                "a frame of type HELLO out of place",
                frame(FrameType.HELLO, hello(Purpose.APPENDS)));
        assertClosed(
                Purpose.SNAPSHOT,
                "a frame of type MESSAGE out of place",
                frame(FrameType.MESSAGE, MessageCodec.encode(new Message.TimeoutNow(HOSTILE_ID, 1, 5))));
        try (Socket socket = connect()) {
            socket.getOutputStream().write(PeerLayout.MAGIC);
            socket.getOutputStream().write(frame(FrameType.PING, Ping.getDefaultInstance()));
            assertClosed(socket);
        }
        log.awaitPart("a frame of type PING out of place");
    }

    @Test
    void shouldCloseForAPromotionThatIsNone() throws IOException {
        byte[] unreadable = frame(FrameType.PROMOTE, Ping.newBuilder().setNumber(7).build());
        // No field has the number 0.
        unreadable[PeerLayout.BODY_OFFSET] = 1;
        ByteBuf crc = Unpooled.wrappedBuffer(unreadable);
        crc.setIntLE(PeerLayout.CRC_OFFSET, Frame.crc(crc, 0, unreadable.length - PeerLayout.BODY_OFFSET));
        assertClosed(Purpose.PROMOTION, "a frame of type PROMOTE that cannot be read", unreadable);
        byte[] promote = frame(FrameType.PROMOTE, Promote.newBuilder().setMemberId(7).build());
        assertClosed(Purpose.MESSAGES, "a frame of type PROMOTE out of place", promote);
        assertClosed(
                Purpose.PROMOTION,
                "a frame of type MESSAGE out of place",
                frame(FrameType.MESSAGE, MessageCodec.encode(new Message.TimeoutNow(HOSTILE_ID, 1, 5))));
    }

    @Test
    void shouldPromoteForOneQuestionOnlyOnce() throws IOException {
        List<Long> asked = new CopyOnWriteArrayList<>();
        member.promotion = memberId -> {
            asked.add(memberId);
            return new CompletableFuture<>();
        };
        byte[] promote = frame(FrameType.PROMOTE, Promote.newBuilder().setMemberId(7).build());
        assertClosed(Purpose.PROMOTION, "a frame of type PROMOTE out of place", promote, promote);
        assertEquals(List.of(7L), asked);
    }

    @Test
    void shouldCloseForASnapshotThatIsNone() throws IOException {
        assertClosed(
                Purpose.SNAPSHOT,
                "a snapshot that is none",
                frame(
                        FrameType.SNAPSHOT_BEGIN,
                        SnapshotBegin.newBuilder()
                                .setMessage(MessageCodec.encode(new Message.TimeoutNow(HOSTILE_ID, 1, 5)))
                                .build()));
    }

    @Test
    void shouldRefuseASnapshotForWhichThereIsNoRoom() throws IOException {
        try (Socket socket = connect()) {
            greet(socket, Purpose.SNAPSHOT);
            Message.InstallSnapshot message =
                    new RandomMessages(Seeds.from(1), HOSTILE_ID, 1).snapshot(5);
            socket.getOutputStream()
                    .write(frame(
                            FrameType.SNAPSHOT_BEGIN,
                            SnapshotBegin.newBuilder()
                                    .setMessage(MessageCodec.encode(message))
                                    .setSizeBytes(Long.MAX_VALUE)
                                    .build()));
            log.awaitPart("a snapshot from node 42 was given up: a snapshot of 9223372036854775807 bytes");
        }
        assertTrue(member.snapshots.isEmpty());
    }
}
