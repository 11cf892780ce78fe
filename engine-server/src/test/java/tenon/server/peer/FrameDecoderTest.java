package tenon.server.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tenon.server.peer.wire.Ping;
import tenon.testkit.Seeds;

class FrameDecoderTest {
    private final AtomicInteger byteCount = new AtomicInteger();
    private final EmbeddedChannel channel =
            new EmbeddedChannel(new FrameDecoder(PeerLayout.BODY_BYTES_MAX, byteCount::addAndGet));

    private static byte[] ping(long number) {
        ByteBuf frame = Frame.encode(
                ByteBufAllocator.DEFAULT,
                FrameType.PING,
                Ping.newBuilder().setNumber(number).build());
        byte[] bytes = ByteBufUtil.getBytes(frame);
        frame.release();
        return bytes;
    }

    private void arrive(byte... bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes));
    }

    private long nextNumber() {
        Frame frame = channel.readInbound();
        try {
            assertEquals(FrameType.PING, frame.type());
            return frame.parse(Ping.parser()).getNumber();
        } finally {
            frame.body().release();
        }
    }

    private String failure(byte... bytes) {
        DecoderException thrown = assertThrows(DecoderException.class, () -> arrive(bytes));
        assertTrue(thrown.getCause() instanceof PeerProtocolException, String.valueOf(thrown.getCause()));
        return thrown.getCause().getMessage();
    }

    @Test
    void shouldFindFramesHoweverTheyAreCut() {
        RandomGenerator random = Seeds.random(FrameDecoderTest.class);
        ByteBuf stream = Unpooled.buffer();
        stream.writeBytes(PeerLayout.MAGIC);
        List<Long> expected = new ArrayList<>();
        for (int count = 0; count < 500; count++) {
            expected.add(random.nextLong());
            stream.writeBytes(ping(expected.getLast()));
        }
        int sizeBytes = stream.readableBytes();
        while (stream.isReadable()) {
            byte[] piece = new byte[Math.min(stream.readableBytes(), 1 + random.nextInt(40))];
            stream.readBytes(piece);
            arrive(piece);
        }
        List<Long> found = new ArrayList<>();
        while (!channel.inboundMessages().isEmpty()) {
            found.add(nextNumber());
        }
        assertEquals(expected, found);
        assertEquals(sizeBytes, byteCount.get());
    }

    @ParameterizedTest
    @CsvSource({
        "'GET /members HTTP/1.1', speaks HTTP",
        "'POST /raft HTTP/1.1', speaks HTTP",
        "'PRI * HTTP/2.0', speaks HTTP",
        "'HTTP/1.1 400', speaks HTTP",
        "'SSH-2.0-OpenSSH', something unknown",
        "'TENONNOT', something unknown",
    })
    void shouldSayWhoConnectsByMistake(String bytes, String said) {
        String reason = failure(bytes.getBytes(StandardCharsets.US_ASCII));
        assertTrue(reason.contains(said), reason);
    }

    @Test
    void shouldSayThatTlsIsNotExpected() {
        String reason = failure(new byte[] {0x16, 3, 1, 2, 0});
        assertTrue(reason.contains("speaks TLS"), reason);
    }

    @Test
    void shouldRefuseALengthBeforeItsBytesArrive() {
        arrive(PeerLayout.MAGIC);
        ByteBuf head = Unpooled.buffer().writeIntLE(0).writeIntLE(PeerLayout.BODY_BYTES_MAX + 1).writeByte(4);
        String reason = failure(ByteBufUtil.getBytes(head));
        assertTrue(reason.contains((PeerLayout.BODY_BYTES_MAX + 1) + " bytes"), reason);
    }

    @Test
    void shouldRefuseANegativeLength() {
        arrive(PeerLayout.MAGIC);
        failure(ByteBufUtil.getBytes(Unpooled.buffer().writeIntLE(0).writeIntLE(-1).writeByte(4)));
    }

    @Test
    void shouldRefuseAnUnknownType() {
        arrive(PeerLayout.MAGIC);
        String reason = failure(ByteBufUtil.getBytes(Unpooled.buffer().writeIntLE(0).writeIntLE(0).writeByte(200)));
        assertTrue(reason.contains("type 200"), reason);
    }

    @Test
    void shouldFindEachWrongBit() {
        byte[] frame = ping(-1);
        for (int bit = 0; bit < frame.length * 8; bit++) {
            byte[] wrong = frame.clone();
            wrong[bit / 8] ^= (byte) (1 << bit % 8);
            EmbeddedChannel other = new EmbeddedChannel(new FrameDecoder(PeerLayout.BODY_BYTES_MAX, _ -> {}));
            other.writeInbound(Unpooled.copiedBuffer(PeerLayout.MAGIC));
            try {
                other.writeInbound(Unpooled.copiedBuffer(wrong));
            } catch (DecoderException e) {
                assertTrue(e.getCause() instanceof PeerProtocolException);
            }
            // With a longer length it waits for more.
            assertNull(other.readInbound(), "bit " + bit);
        }
    }

    @Test
    void shouldReadNothingBehindWhatIsWrong() {
        arrive(PeerLayout.MAGIC);
        byte[] wrong = ping(1);
        wrong[0] ^= 1;
        failure(wrong);
        arrive(ping(2));
        assertFalse(channel.finish());
    }
}
