package tenon.server.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tenon.api.Message;
import tenon.api.Platform;
import tenon.server.TlsFiles;
import tenon.server.tls.Certificates;
import tenon.server.tls.TlsContext;
import tenon.server.tls.TlsException;
import tenon.testkit.Seeds;

class PeerTlsTest {
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);

    @TempDir
    static Path directory;

    private static Certificates authority;
    private static TlsFiles one;
    private static TlsFiles two;
    private static TlsFiles stranger;

    @BeforeAll
    static void issue() throws IOException {
        authority = new Certificates(directory.resolve("ours"), "EC");
        one = authority.issue("one");
        two = authority.issue("two");
        stranger = new Certificates(directory.resolve("theirs"), "EC").issue("stranger");
    }

    private static TestMember member(long nodeId, TlsFiles tls) {
        return new TestMember(nodeId, Platform.system(), TestMember.CLUSTER_ID, options -> new PeerOptions(
                List.of(URI.create("https://127.0.0.1:0")),
                List.of(),
                directory.resolve("snap" + nodeId),
                tls,
                options.timing(),
                options.limits()));
    }

    private static TlsFiles with(TlsFiles tls, List<String> cns, List<String> hostnames) {
        return new TlsFiles(tls.certFile(), tls.keyFile(), tls.trustedCaFile(), true, cns, hostnames);
    }

    @Test
    void shouldCarryMessagesAndSnapshots() {
        try (TestMember a = member(1, one); TestMember b = member(2, two)) {
            TestMember.connect(a, b);
            Message message = new Message.TimeoutNow(1, 2, 5);
            a.network.send(List.of(message));
            assertEquals(message, TestMember.next(b.messages));
            a.network.sendSnapshot(2, target -> {
                try {
                    target.write(new byte[3_000_000]);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
                return new RandomMessages(Seeds.from(1), 1, 2).snapshot(3);
            });
            assertTrue(TestMember.next(a.sent).delivered());
            assertEquals(3_000_000, TestMember.next(b.snapshots).file().toFile().length());
        }
    }

    @Test
    void shouldRefuseWhoHasNoCertificateOrAnotherAuthoritys() {
        try (TestMember a = member(1, one); LogLines log = new LogLines()) {
            a.members = new ClusterMembers(TestMember.CLUSTER_ID, 1, "3.5.0", List.of());
            assertEquals(1, probe(two).members(a.url(), TIMEOUT_NS).nodeId());
            // Trusts ours, but has its own from another authority.
            TlsFiles foreign =
                    new TlsFiles(stranger.certFile(), stranger.keyFile(), authority.authority(), true, List.of(), List.of());
            assertThrows(PeerProbeException.class, () -> probe(foreign).members(a.url(), TIMEOUT_NS));
            log.awaitPart("closing a connection from 127.0.0.1: TLS: ");
            // Does not trust ours.
            assertThrows(PeerProbeException.class, () -> probe(stranger).members(a.url(), TIMEOUT_NS));
            URI plain = URI.create("http://127.0.0.1:" + a.url().getPort());
            PeerProbe plainProbe = new PeerProbe(Platform.system(), "test", null);
            assertThrows(PeerProbeException.class, () -> plainProbe.members(plain, TIMEOUT_NS));
            log.awaitPart("it does not speak TLS, where https is configured");
        }
    }

    private static PeerProbe probe(TlsFiles tls) {
        return new PeerProbe(Platform.system(), "test", tls);
    }

    @Test
    void shouldLetInOnlyAllowedNames() {
        try (TestMember a = member(1, with(one, List.of("two", "three"), List.of())); LogLines log = new LogLines()) {
            a.members = new ClusterMembers(TestMember.CLUSTER_ID, 1, "3.5.0", List.of());
            assertEquals(1, probe(two).members(a.url(), TIMEOUT_NS).nodeId());
            assertThrows(PeerProbeException.class, () -> probe(one).members(a.url(), TIMEOUT_NS));
            log.awaitPart("a certificate of [one] for [");
        }
        try (TestMember a = member(1, with(one, List.of(), List.of("127.0.0.1")))) {
            a.members = new ClusterMembers(TestMember.CLUSTER_ID, 1, "3.5.0", List.of());
            assertEquals(1, probe(two).members(a.url(), TIMEOUT_NS).nodeId());
        }
        try (TestMember a = member(1, with(one, List.of(), List.of("other.example")))) {
            assertThrows(PeerProbeException.class, () -> probe(two).members(a.url(), TIMEOUT_NS));
        }
    }

    @Test
    void shouldTakeChangedFilesIntoUse() throws IOException {
        Path certificate = directory.resolve("changing.pem");
        Path key = directory.resolve("changing.key");
        Files.copy(two.certFile(), certificate);
        Files.copy(two.keyFile(), key);
        TlsFiles changing = new TlsFiles(certificate, key, two.trustedCaFile(), true, List.of(), List.of());
        TlsContext context = TlsContext.load(Platform.system().files(), changing, TlsContext.Use.MEMBERS);
        try (LogLines log = new LogLines()) {
            Notices notices = new Notices(Platform.system().clock(), 0);
            context.reload(notices::log);
            assertEquals(0, log.count("read anew"));
            Files.writeString(certificate, "nothing of the kind");
            context.reload(notices::log);
            assertEquals(1, log.count("certificates of members stay as they were"));
            Files.copy(one.certFile(), certificate, StandardCopyOption.REPLACE_EXISTING);
            Files.copy(one.keyFile(), key, StandardCopyOption.REPLACE_EXISTING);
            context.reload(notices::log);
            assertEquals(1, log.count("read anew"));
        }
    }

    @Test
    void shouldSayAtTheStartWhatIsWrong() {
        assertSays("the certificate of members cannot be read: ", new TlsFiles(
                directory.resolve("none"), one.keyFile(), null, false, List.of(), List.of()));
        assertSays("needs a key file", new TlsFiles(one.certFile(), null, null, false, List.of(), List.of()));
        assertSays("a PEM file without a password is wanted", new TlsFiles(one.certFile(), one.certFile(), null, false, List.of(), List.of()));
        assertSays("is not that of the certificate", new TlsFiles(one.certFile(), two.keyFile(), null, false, List.of(), List.of()));
        assertSays("the certificate " + one.keyFile(), new TlsFiles(one.keyFile(), one.keyFile(), null, false, List.of(), List.of()));
        assertSays("the trusted CA " + one.keyFile(), new TlsFiles(one.certFile(), one.keyFile(), one.keyFile(), false, List.of(), List.of()));
    }

    private static void assertSays(String part, TlsFiles wrong) {
        String said = assertThrows(TlsException.class, () -> member(1, wrong)).getMessage();
        assertTrue(said.contains(part), said);
    }
}
