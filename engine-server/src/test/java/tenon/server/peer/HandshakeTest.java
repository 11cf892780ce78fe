package tenon.server.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tenon.api.NodeIdentity;
import tenon.server.peer.wire.Hello;
import tenon.server.peer.wire.Purpose;
import tenon.server.peer.wire.Refused;

class HandshakeTest {
    private static final NodeIdentity SELF = new NodeIdentity(1, 100);

    private static Hello hello() {
        return Hello.newBuilder()
                .setProtocolVersion(PeerLayout.PROTOCOL_VERSION)
                .setProtocolVersionMin(PeerLayout.PROTOCOL_VERSION_MIN)
                .setClusterId(100)
                .setFromNodeId(2)
                .setToNodeId(1)
                .setPurpose(Purpose.APPENDS)
                .build();
    }

    private static Refused.Reason reason(UnaryOperator<Hello.Builder> change, boolean isRemoved) {
        Refused refusal =
                Handshake.findRefusal(change.apply(hello().toBuilder()).build(), SELF, isRemoved);
        return refusal == null ? null : refusal.getReason();
    }

    @Test
    void shouldLetInWhoeverMeansThisNode() {
        assertNull(reason(hello -> hello, false));
    }

    @Test
    void shouldSayWhyItRefuses() {
        assertEquals(Refused.Reason.OTHER_CLUSTER, reason(hello -> hello.setClusterId(101), false));
        assertEquals(Refused.Reason.OTHER_NODE, reason(hello -> hello.setToNodeId(3), false));
        assertEquals(Refused.Reason.REMOVED, reason(hello -> hello, true));
        assertEquals(Refused.Reason.MALFORMED, reason(hello -> hello.setFromNodeId(1), false));
        assertEquals(Refused.Reason.MALFORMED, reason(hello -> hello.setFromNodeId(0), false));
        assertEquals(Refused.Reason.MALFORMED, reason(hello -> hello.setPurposeValue(99), false));
        assertEquals(Refused.Reason.MALFORMED, reason(hello -> hello.clearPurpose(), false));
    }

    @Test
    void shouldSpeakWithWhoeverHasAVersionInCommon() {
        assertNull(reason(hello -> hello.setProtocolVersion(1), false));
        int next = PeerLayout.PROTOCOL_VERSION + 1;
        assertNull(reason(hello -> hello.setProtocolVersion(next), false));
        assertEquals(
                Refused.Reason.INCOMPATIBLE_VERSION,
                reason(hello -> hello.setProtocolVersion(next).setProtocolVersionMin(next), false));
        assertEquals(Refused.Reason.INCOMPATIBLE_VERSION, reason(hello -> hello.clearProtocolVersion(), false));
        assertTrue(Handshake.speaks(PeerLayout.PROTOCOL_VERSION, PeerLayout.PROTOCOL_VERSION_MIN));
        assertFalse(Handshake.speaks(PeerLayout.PROTOCOL_VERSION_MIN - 1, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://a:1", "http://a", "http://a:0", "http://a:70000", "http://:1", "a b", "http://a:1/x"})
    void shouldTakeNoUrlThatLeadsNowhere(String url) {
        assertThrows(
                IllegalArgumentException.class,
                () -> Handshake.urls(hello().toBuilder().addPeerUrls(url).build()));
    }

    @Test
    void shouldTakeAFewUrls() {
        Hello two = hello().toBuilder().addPeerUrls("http://a:1").addPeerUrls("https://[::1]:2/").build();
        assertEquals(2, Handshake.urls(two).size());
        assertThrows(IllegalArgumentException.class, () -> Handshake.urls(hello()));
        Hello many = hello().toBuilder().addAllPeerUrls(Collections.nCopies(17, "http://a:1")).build();
        assertThrows(IllegalArgumentException.class, () -> Handshake.urls(many));
    }
}
