package tenon.server.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.Message;
import tenon.server.peer.wire.Append;
import tenon.server.peer.wire.LogEntry;
import tenon.server.peer.wire.RaftMessage;
import tenon.testkit.Seeds;

class MessageCodecPropertyTest {
    private static final int ROUND_COUNT = 20_000;

    private final RandomGenerator random = Seeds.random(MessageCodecPropertyTest.class);

    @Test
    void shouldGiveBackEveryMessageAsItWas() {
        for (int round = 0; round < ROUND_COUNT; round++) {
            RandomMessages messages = new RandomMessages(random, random.nextLong(), random.nextLong());
            Message message = messages.ofKind(round % RandomMessages.KIND_COUNT);
            assertEquals(message, throughFrame(message));
        }
    }

    @Test
    void shouldGiveBackLargeEntries() {
        Message append = new RandomMessages(random, 1, 2).append(5, 3, 3_000_000);
        assertEquals(append, throughFrame(append));
    }

    private static Message throughFrame(Message message) {
        ByteBuf frame = Frame.encode(ByteBufAllocator.DEFAULT, FrameType.MESSAGE, MessageCodec.encode(message));
        try {
            frame.skipBytes(PeerLayout.BODY_OFFSET);
            return MessageCodec.decode(new Frame(FrameType.MESSAGE, frame).parse(RaftMessage.parser()));
        } finally {
            frame.release();
        }
    }

    @Test
    void shouldEndInAMessageOrAnErrorWhateverTheBytesAre() {
        int errorCount = 0;
        for (int round = 0; round < ROUND_COUNT; round++) {
            byte[] bytes = MessageCodec.encode(new RandomMessages(random, 1, 2).next()).toByteArray();
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                MessageCodec.decode(RaftMessage.parseFrom(bytes));
            } catch (InvalidProtocolBufferException | PeerProtocolException _) {
                errorCount++;
            }
        }
        assertTrue(errorCount > 0);
    }

    @Test
    void shouldRefuseWhatNoMemberSends() {
        RaftMessage nothing = RaftMessage.newBuilder().setFrom(1).setTo(2).setTerm(3).build();
        assertThrows(PeerProtocolException.class, () -> MessageCodec.decode(nothing));

        RaftMessage negativeTerm =
                MessageCodec.encode(new Message.TimeoutNow(1, 2, 3)).toBuilder().setTerm(-1).build();
        assertThrows(PeerProtocolException.class, () -> MessageCodec.decode(negativeTerm));

        Append gap = Append.newBuilder()
                .setPreviousIndex(5)
                .addEntries(LogEntry.newBuilder().setRaftIndex(7))
                .build();
        assertThrows(PeerProtocolException.class, () -> MessageCodec.decode(nothing.toBuilder().setAppend(gap).build()));

        Append unknownType = Append.newBuilder()
                .addEntries(LogEntry.newBuilder().setRaftIndex(1).setTypeValue(9))
                .build();
        assertThrows(
                PeerProtocolException.class,
                () -> MessageCodec.decode(nothing.toBuilder().setAppend(unknownType).build()));
    }

    @Test
    void shouldCountTheDataOfEntries() {
        Entry entry = new Entry(0, 0, EntryType.NORMAL, new byte[1000]);
        long one = MessageCodec.sizeBytes(new Message.Forward(1, 2, 3, List.of(entry)));
        long two = MessageCodec.sizeBytes(new Message.Forward(1, 2, 3, List.of(entry, entry)));
        assertTrue(one > 1000 && two - one >= 1000, one + ", " + two);
    }
}
