package tenon.server.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tenon.api.Message;
import tenon.server.peer.wire.Hello;
import tenon.server.peer.wire.Purpose;
import tenon.testkit.FormatDocument;

/// `docs/format/peer.md` says what the code does.
class PeerFormatDocumentTest {
    private static final String DOCUMENT = "peer.md";
    private static final Pattern TYPE = Pattern.compile("\\| (\\d+) \\| ([A-Z_]+) \\|.*");

    @Test
    void shouldHaveATableThatEqualsTheLayout() throws Exception {
        Map<String, String> expected = new TreeMap<>();
        for (Field field : PeerLayout.class.getDeclaredFields()) {
            if (Modifier.isPublic(field.getModifiers())) {
                expected.put("PeerLayout." + field.getName(), String.valueOf(field.get(null)));
            }
        }
        assertEquals(expected, FormatDocument.read(DOCUMENT).constants());
        assertEquals(PeerLayout.MAGIC_BYTES, PeerLayout.MAGIC.length);
    }

    @Test
    void shouldListTheTypes() throws IOException {
        Map<String, Integer> documented = new TreeMap<>();
        for (String line : FormatDocument.read(DOCUMENT).lines()) {
            Matcher matcher = TYPE.matcher(line);
            if (matcher.matches()) {
                documented.put(matcher.group(2), Integer.parseInt(matcher.group(1)));
            }
        }
        Map<String, Integer> expected = new TreeMap<>();
        for (FrameType type : FrameType.values()) {
            expected.put(type.name(), type.number());
            assertEquals(type, FrameType.findByNumber(type.number()));
        }
        assertEquals(expected, documented);
    }

    @Test
    void shouldShowABeginningAsItIs() throws IOException {
        ByteBuf written = Unpooled.buffer();
        written.writeBytes(PeerLayout.MAGIC);
        written.writeBytes(PeerHostileTest.frame(
                FrameType.HELLO,
                Hello.newBuilder()
                        .setProtocolVersion(PeerLayout.PROTOCOL_VERSION)
                        .setProtocolVersionMin(PeerLayout.PROTOCOL_VERSION_MIN)
                        .setServerVersion("3.5.0")
                        .setClusterId(0xc1)
                        .setFromNodeId(0xa1)
                        .setToNodeId(0xb1)
                        .setPurpose(Purpose.MESSAGES)
                        .build()));
        written.writeBytes(PeerHostileTest.frame(
                FrameType.MESSAGE, MessageCodec.encode(new Message.TimeoutNow(0xa1, 0xb1, 5))));
        byte[] bytes = ByteBufUtil.getBytes(written);
        byte[] documented = FormatDocument.read(DOCUMENT).bytes(bytes.length);
        assertEquals(HexFormat.ofDelimiter(" ").formatHex(bytes), HexFormat.ofDelimiter(" ").formatHex(documented));
    }
}
