package tenon.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tenon.server.AutoCompaction;
import tenon.server.InitialClusterState;
import tenon.server.ServerConfig;
import tenon.server.TlsFiles;
import tenon.testkit.SimulatedFileSystem;

class ServerFlagsTest {
    private final SimulatedFileSystem files = new SimulatedFileSystem();

    private ServerFlags parse(String... arguments) {
        return ServerFlags.parse(List.of(arguments), Map.of(), files);
    }

    private String refusal(String... arguments) {
        return assertThrows(FlagException.class, () -> parse(arguments)).getMessage();
    }

    @Test
    void shouldHaveTheDefaultsOfEtcd() {
        ServerFlags flags = parse();
        assertEquals(Path.of("default.etcd"), flags.config().dataDir());
        assertEquals(List.of(URI.create("http://localhost:2379")), flags.config().listenClientUrls());
        assertEquals(1572864, flags.config().maxRequestBytes());
        assertEquals(7000, flags.config().requestTimeoutMs());
        assertEquals("info", flags.logLevel());
        assertEquals(List.of(), flags.warnings());
    }

    @Test
    void shouldTakeFlagsWithOneDashOrTwoWithAndWithoutEquals() {
        ServerFlags flags = parse("-name", "a", "--data-dir=/d", "--quota-backend-bytes", "-1", "--pre-vote",
                "--listen-client-urls=http://0.0.0.0:1,http://127.0.0.1:2", "--auto-compaction-retention=1h30m");
        assertEquals("a", flags.config().name());
        assertEquals(Path.of("/d"), flags.config().dataDir());
        assertEquals(-1, flags.config().quotaBackendBytes());
        assertEquals(2, flags.config().listenClientUrls().size());
        assertEquals(AutoCompaction.periodic(5_400_000), flags.config().autoCompaction());
    }

    @Test
    void shouldPreferFlagsToTheEnvironment() {
        Map<String, String> environment =
                Map.of("ETCD_NAME", "env", "ETCD_MAX_TXN_OPS", "7", "ETCD_WHAT", "x", "OTHER", "y");
        ServerFlags flags = ServerFlags.parse(List.of("--name=flag"), environment, files);
        assertEquals("flag", flags.config().name());
        assertEquals(7, flags.config().maxTxnOps());
        assertEquals(List.of("unknown environment variable ETCD_WHAT"), flags.warnings());
    }

    @Test
    void shouldReadAConfigFileThatStandsAlone() {
        String yaml = "name: file\nmax-txn-ops: 9\nauto-compaction-mode: revision\nauto-compaction-retention: \"500\"\n"
                + "client-transport-security:\n  cert-file: ''\n  client-cert-auth: false\n";
        files.setContent(Path.of("/etc/c.yml"), yaml.getBytes(StandardCharsets.UTF_8));
        ServerFlags flags = ServerFlags.parse(
                List.of("--config-file=/etc/c.yml"), Map.of("ETCD_NAME", "env"), files);
        assertEquals("file", flags.config().name());
        assertEquals(9, flags.config().maxTxnOps());
        assertEquals(AutoCompaction.revisions(500), flags.config().autoCompaction());
        assertTrue(refusal("--config-file=/etc/c.yml", "--name=x").contains("--name"));
        assertTrue(refusal("--config-file=/etc/none.yml").contains("/etc/none.yml"));
        files.setContent(Path.of("/etc/c.yml"), "nam: x\n".getBytes(StandardCharsets.UTF_8));
        assertTrue(refusal("--config-file=/etc/c.yml").contains("nam"));
    }

    @Test
    void shouldRefuseWhatItDoesNotKnowAndSuggest() {
        assertTrue(refusal("--data-dri=x").contains("--data-dir"), refusal("--data-dri=x"));
        assertTrue(refusal("stray").contains("stray"));
        assertTrue(refusal("--max-txn-ops=many").contains("--max-txn-ops"));
        assertTrue(refusal("--election-timeout=100").contains("five times"));
    }

    @Test
    void shouldReadFlagsAsGoDoes() {
        assertEquals("-x", parse("--name", "-x").config().name(), "whatever follows is the value");
        assertEquals("a=b", parse("-name=a=b").config().name());
        assertEquals("last", parse("--name=first", "--name", "last").config().name());
        assertEquals("tenon", parse("--pre-vote", "--name=tenon").config().name(), "a switch swallows nothing");
        assertEquals("--name needs a value", refusal("--name"));
        assertEquals("unexpected argument: -", refusal("-"));
        assertEquals("unknown flag: --", refusal("--"));
        assertEquals("unknown flag: --something-else=1", refusal("--something-else=1"));
        assertEquals("unknown flag: -nmae; did you mean --name?", refusal("-nmae", "x"));
    }

    @Test
    void shouldRefuseWhatEtcdHasAndThisVersionHasNot() {
        assertTrue(refusal("--crl-file=x").contains("TLS"));
        assertTrue(refusal("--client-crl-file=x").contains("TLS"));
        assertTrue(refusal("--listen-client-urls=https://127.0.0.1:2379").contains("TLS"));
        assertTrue(refusal("--pre-vote=false").contains("true"));
        assertTrue(refusal("--discovery=x").contains("--initial-cluster"));
        assertEquals(1, parse("--backend-bbolt-freelist-type=map").warnings().size());
    }

    @Test
    void shouldTakeTheIntervalOfWatchProgressInBothSpellings() {
        assertEquals(600_000, parse().config().watchProgressNotifyIntervalMs());
        for (String flag : List.of("--watch-progress-notify-interval=", "--experimental-watch-progress-notify-interval=")) {
            assertEquals(5_000, parse(flag + "5s").config().watchProgressNotifyIntervalMs());
            assertEquals(600_000, parse(flag + "0s").config().watchProgressNotifyIntervalMs());
            ServerFlags hasty = parse(flag + "1ms");
            assertEquals(100, hasty.config().watchProgressNotifyIntervalMs());
            assertEquals(List.of(flag + "1ms is too short, 100ms is used"), hasty.warnings());
            assertTrue(refusal(flag + "soon").contains("duration"));
        }
    }

    @Test
    void shouldTakeTheFlagsOfAuth() {
        ServerFlags flags = parse("--auth-token=simple", "--auth-token-ttl=20", "--bcrypt-cost=5");
        assertEquals(20, flags.config().authTokenTtlSeconds());
        assertEquals(5, flags.config().bcryptCost());
        assertEquals(300, parse().config().authTokenTtlSeconds());
        assertEquals(10, parse().config().bcryptCost());
        assertTrue(refusal("--auth-token=jwt,sign-method=RS256").contains("JWT tokens are not there yet"));
        assertTrue(refusal("--auth-token=other").contains("simple"));
        ServerFlags wrongCost = parse("--bcrypt-cost=3");
        assertEquals(10, wrongCost.config().bcryptCost());
        assertEquals(1, wrongCost.warnings().size());
    }

    @Test
    void shouldTakeTheFlagsOfAClusterInTheirOrder() {
        ServerFlags flags = parse("--name=b", "--initial-cluster=b=http://10.0.0.2:2380,a=http://10.0.0.1:2380,b=http://10.0.0.2:1",
                "--initial-cluster-state=existing", "--initial-cluster-token=t", "--listen-peer-urls=http://0.0.0.0:2380",
                "--initial-advertise-peer-urls=http://10.0.0.2:2380,http://10.0.0.2:1", "--force-new-cluster",
                "--strict-reconfig-check=false", "--initial-corrupt-check", "--experimental-corrupt-check-time=1m");
        assertEquals(List.of("b", "a"), List.copyOf(flags.config().initialCluster().keySet()));
        assertEquals(2, flags.config().initialCluster().get("b").size());
        assertEquals(InitialClusterState.EXISTING, flags.config().initialClusterState());
        assertEquals(List.of(URI.create("http://0.0.0.0:2380")), flags.config().listenPeerUrls());
        assertTrue(flags.config().forceNewCluster());
        assertFalse(flags.config().strictReconfigCheck());
        assertTrue(flags.config().initialCorruptCheck());
        assertEquals(60_000, flags.config().corruptCheckTimeMs());
        assertEquals(List.of(), flags.warnings());
    }

    @Test
    void shouldTakeTheFlagsOfTheLog() {
        ServerConfig config = parse("--snapshot-count=7", "--wal-dir=/wal", "--heartbeat-interval=20",
                        "--election-timeout=200", "--experimental-snapshot-catchup-entries=3")
                .config();
        assertEquals(7, config.snapshotCount());
        assertEquals(3, config.snapshotCatchUpEntries());
        assertEquals(Path.of("/wal"), config.walDir());
        assertEquals(20, config.heartbeatIntervalMs());
        assertEquals(200, config.electionTimeoutMs());
        ServerConfig defaults = parse("--wal-dir=").config();
        assertEquals(100_000, defaults.snapshotCount());
        assertEquals(parse().config().walDir(), defaults.walDir());
        assertEquals(100, defaults.heartbeatIntervalMs());
        assertEquals(1_000, defaults.electionTimeoutMs());
        assertTrue(refusal("--snapshot-count=0").contains("snapshot count"));
        assertTrue(refusal("--heartbeat-interval=0").contains("heartbeat interval"));
    }

    @Test
    void shouldTakeTheSettingsOfAClusterFromAFile() {
        ServerConfig config = configOf("""
                name: b
                wal-dir: /wal
                snapshot-count: 7
                heartbeat-interval: 50
                election-timeout: 500
                initial-cluster: b=http://10.0.0.2:2380,a=http://10.0.0.1:2380
                initial-cluster-state: existing
                initial-cluster-token: t
                initial-advertise-peer-urls: http://10.0.0.2:2380
                listen-peer-urls: http://0.0.0.0:2380
                strict-reconfig-check: false
                force-new-cluster: false
                corrupt-check-time: 60000000000
                """);
        assertEquals(List.of("b", "a"), List.copyOf(config.initialCluster().keySet()));
        assertEquals(InitialClusterState.EXISTING, config.initialClusterState());
        assertEquals("t", config.clusterToken());
        assertEquals(List.of(URI.create("http://10.0.0.2:2380")), config.peerUrls());
        assertEquals(List.of(URI.create("http://0.0.0.0:2380")), config.listenPeerUrls());
        assertEquals(Path.of("/wal"), config.walDir());
        assertEquals(7, config.snapshotCount());
        assertEquals(50, config.heartbeatIntervalMs());
        assertEquals(500, config.electionTimeoutMs());
        assertFalse(config.strictReconfigCheck());
        assertFalse(config.forceNewCluster());
        // A duration that is a number counts nanoseconds, as in Go.
        assertEquals(60_000, config.corruptCheckTimeMs());
    }

    private ServerConfig configOf(String yaml) {
        return file(yaml).config();
    }

    private ServerFlags file(String yaml) {
        files.setContent(Path.of("/etc/c.yml"), yaml.getBytes(StandardCharsets.UTF_8));
        return parse("--config-file=/etc/c.yml");
    }

    @Test
    void shouldBeAloneIfNobodyElseIsNamed() {
        ServerConfig config = parse("--name=a").config();
        assertEquals(Map.of("a", List.of(URI.create("http://localhost:2380"))), config.initialCluster());
        assertEquals(InitialClusterState.NEW, config.initialClusterState());
        assertEquals(List.of(), config.listenPeerUrls());
        assertTrue(config.strictReconfigCheck());
        assertFalse(config.forceNewCluster());
        assertFalse(config.peerTls().hasCertificate());
    }

    @Test
    void shouldRefuseMalformedMembersInTheWordsOfEtcd() {
        assertTrue(refusal("--initial-cluster=a").contains("name=url"));
        assertTrue(refusal("--initial-cluster=a=ftp://h:1").contains("URL scheme must be http, https, unix, or unixs: ftp://h:1"));
        assertTrue(refusal("--initial-cluster=a=http://h").contains("does not have the form \"host:port\": http://h"));
        assertTrue(refusal("--initial-advertise-peer-urls=http://h:1/x").contains("URL must not contain a path: http://h:1/x"));
        assertEquals("expected IP in URL for binding (http://h:2380)", refusal("--listen-peer-urls=http://h:2380"));
        assertEquals("expected IP in URL for binding (http://h:2379)", refusal("--listen-client-urls=http://h:2379"));
        assertTrue(refusal("--initial-cluster-state=old").contains("one of new, existing"));
        assertTrue(refusal("--force-new-cluster=maybe").contains("true or false"));
        assertEquals(1, parse("--listen-peer-urls=http://[::1]:2380").config().listenPeerUrls().size());
    }

    @Test
    void shouldTakeTheFilesOfTlsFromFlagsAndFromSections() {
        TlsFiles expected = new TlsFiles(
                Path.of("/c"), Path.of("/k"), Path.of("/ca"), true, List.of("one", "two"), List.of());
        TlsFiles peer = parse("--peer-cert-file=/c", "--peer-key-file=/k", "--peer-trusted-ca-file=/ca",
                        "--peer-client-cert-auth", "--peer-cert-allowed-cn=one,two",
                        "--listen-peer-urls=https://127.0.0.1:2380")
                .config()
                .peerTls();
        assertEquals(expected, peer);
        String yaml = "client-transport-security:\n  cert-file: /c\n  key-file: /k\n  trusted-ca-file: /ca\n"
                + "  client-cert-auth: true\n  auto-tls: false\n"
                + "peer-transport-security:\n  cert-file: /c\n  key-file: /k\n  trusted-ca-file: /ca\n"
                + "  client-cert-auth: true\n  allowed-cn: one,two\n";
        files.setContent(Path.of("/etc/c.yml"), yaml.getBytes(StandardCharsets.UTF_8));
        ServerConfig config = parse("--config-file=/etc/c.yml").config();
        assertEquals(expected, config.peerTls());
        assertEquals(new TlsFiles(Path.of("/c"), Path.of("/k"), Path.of("/ca"), true, List.of(), List.of()), config.clientTls());
        files.setContent(Path.of("/etc/c.yml"), "peer-transport-security:\n  what: x\n".getBytes(StandardCharsets.UTF_8));
        assertTrue(refusal("--config-file=/etc/c.yml").contains("peer-transport-security.what"));
        assertEquals(
                "TLS key/cert must be provided for peer url https://127.0.0.1:2380 with HTTPS scheme",
                refusal("--listen-peer-urls=https://127.0.0.1:2380", "--peer-cert-file=/c"));
        assertEquals(
                "TLS key/cert must be provided for metrics url https://127.0.0.1:2381 with HTTPS scheme",
                refusal("--listen-metrics-urls=https://127.0.0.1:2381"));
        ServerFlags mixed = parse("--cert-file=/c", "--key-file=/k", "--trusted-ca-file=/ca", "--client-cert-auth",
                "--listen-client-urls=https://127.0.0.1:1,http://127.0.0.1:2");
        assertEquals(
                List.of("clients are served in the clear on http://127.0.0.1:2: the files of TLS do not count there"),
                mixed.warnings());
        assertTrue(mixed.config().clientTls().requiresClientCertificates());
        assertTrue(refusal("--peer-cert-allowed-cn=a").contains("need certificates to be required"));
        assertTrue(refusal("--peer-cert-allowed-cn=a", "--peer-cert-allowed-hostname=b", "--peer-client-cert-auth")
                .contains("either common names or host names"));
    }
}
