package tenon.server.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tenon.server.rpc.Member;

class PeerProbeTest {
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);

    private final PeerProbe probe = new PeerProbe(TestPlatforms.simulated(), "3.5.0-probe", null);

    private String failure(URI url, long timeoutNs) {
        return assertThrows(PeerProbeException.class, () -> probe.members(url, timeoutNs))
                .getMessage();
    }

    @Test
    void shouldTellWhoTheMembersAre() {
        Member one = Member.newBuilder()
                .setID(1)
                .setName("one")
                .addPeerURLs("http://a:2380")
                .build();
        Member two = Member.newBuilder().setID(2).setIsLearner(true).build();
        try (TestMember member = new TestMember(1)) {
            member.members = new ClusterMembers(TestMember.CLUSTER_ID, 1, "3.5.0", List.of(one, two));
            ClusterMembers answer = probe.members(member.url(), TIMEOUT_NS);
            assertEquals(TestMember.CLUSTER_ID, answer.clusterId());
            assertEquals(1, answer.nodeId());
            assertEquals("3.5.0", answer.serverVersion());
            assertEquals(
                    List.of(one.toByteString(), two.toByteString()),
                    answer.members().stream().map(Member::toByteString).toList());
        }
    }

    @Test
    void shouldSayWhyThereIsNoAnswer() throws IOException {
        try (TestMember member = new TestMember(1)) {
            String notYet = failure(member.url(), TIMEOUT_NS);
            assertEquals("no answer from the member at " + member.url() + ": the members are not known yet", notYet);
        }
        String nobody = failure(URI.create("http://127.0.0.1:1"), TIMEOUT_NS);
        assertTrue(nobody.contains("refused"), nobody);
        String noTls = failure(URI.create("https://127.0.0.1:1"), TIMEOUT_NS);
        assertTrue(noTls.contains("https needs a certificate"), noTls);
        assertThrows(IllegalArgumentException.class, () -> probe.members(URI.create("ftp://a:1"), TIMEOUT_NS));
    }

    @Test
    void shouldSayWhenSomethingElseAnswersOrNothing() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            URI url = URI.create("http://127.0.0.1:" + other.getLocalPort());
            String silent = failure(url, TimeUnit.MILLISECONDS.toNanos(50));
            assertTrue(silent.contains("none within 50 ms"), silent);
            Thread.ofPlatform().daemon().start(() -> answerHttp(other));
            String http = failure(url, TIMEOUT_NS);
            assertTrue(http.contains("speaks HTTP"), http);
        }
    }

    /// The first one has given up by now.
    private static void answerHttp(ServerSocket listener) {
        try {
            while (true) {
                try (Socket socket = listener.accept()) {
                    socket.getOutputStream()
                            .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    socket.getInputStream().readAllBytes();
                }
            }
        } catch (IOException _) {
            // The test is over.
        }
    }
}
