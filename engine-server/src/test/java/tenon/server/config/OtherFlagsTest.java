package tenon.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tenon.server.AutoCompaction;
import tenon.server.ServerConfig;
import tenon.testkit.SimulatedFileSystem;

/// What becomes of the flags and settings of etcd that are not carried out here.
class OtherFlagsTest {
    /// All names that `etcd --help` of version 3.5 tells, but for `version` and `help`.
    private static final String ETCD_FLAGS =
            """
            name data-dir wal-dir snapshot-count heartbeat-interval election-timeout initial-election-tick-advance
            listen-peer-urls listen-client-urls listen-client-http-urls max-snapshots max-wals quota-backend-bytes
            backend-bbolt-freelist-type backend-batch-interval backend-batch-limit max-txn-ops max-request-bytes
            max-concurrent-streams enable-grpc-gateway grpc-keepalive-min-time grpc-keepalive-interval
            grpc-keepalive-timeout socket-reuse-port socket-reuse-address raft-read-timeout raft-write-timeout
            initial-advertise-peer-urls initial-cluster initial-cluster-state initial-cluster-token advertise-client-urls
            discovery discovery-fallback discovery-proxy discovery-srv discovery-srv-name strict-reconfig-check pre-vote
            auto-compaction-retention auto-compaction-mode enable-v2 v2-deprecation cert-file key-file client-cert-auth
            client-cert-file client-key-file client-crl-file client-cert-allowed-hostname trusted-ca-file auto-tls
            peer-cert-file peer-key-file peer-client-cert-auth peer-trusted-ca-file peer-cert-allowed-cn
            peer-cert-allowed-hostname peer-auto-tls peer-client-cert-file peer-client-key-file self-signed-cert-validity
            peer-crl-file cipher-suites cors host-whitelist tls-min-version tls-max-version auth-token bcrypt-cost
            auth-token-ttl enable-pprof metrics listen-metrics-urls logger log-outputs log-level log-format
            enable-log-rotation log-rotation-config-json experimental-enable-distributed-tracing
            experimental-distributed-tracing-address experimental-distributed-tracing-service-name
            experimental-distributed-tracing-instance-id experimental-distributed-tracing-sampling-rate proxy
            proxy-failure-wait proxy-refresh-interval proxy-dial-timeout proxy-write-timeout proxy-read-timeout
            experimental-initial-corrupt-check experimental-corrupt-check-time experimental-compact-hash-check-enabled
            experimental-compact-hash-check-time experimental-enable-v2v3 experimental-enable-lease-checkpoint
            experimental-enable-lease-checkpoint-persist experimental-compaction-batch-limit
            experimental-compaction-sleep-interval experimental-peer-skip-client-san-verification
            experimental-watch-progress-notify-interval experimental-downgrade-check-time experimental-memory-mlock
            experimental-warning-apply-duration experimental-warning-unary-request-duration experimental-max-learners
            experimental-txn-mode-write-with-shared-buffer experimental-bootstrap-defrag-threshold-megabytes
            experimental-stop-grpc-service-on-defrag experimental-wait-cluster-ready-timeout
            experimental-snapshot-catchup-entries force-new-cluster unsafe-no-fsync config-file
            """;

    private final SimulatedFileSystem files = new SimulatedFileSystem();

    private ServerFlags parse(String... arguments) {
        return ServerFlags.parse(List.of(arguments), Map.of(), files);
    }

    private ServerFlags file(String yaml) {
        files.setContent(Path.of("/etc/c.yml"), yaml.getBytes(StandardCharsets.UTF_8));
        return parse("--config-file=/etc/c.yml");
    }

    private String refusal(String... arguments) {
        return assertThrows(FlagException.class, () -> parse(arguments)).getMessage();
    }

    private String refusalOfFile(String yaml) {
        return assertThrows(FlagException.class, () -> file(yaml)).getMessage();
    }

    @Test
    void shouldKnowEveryFlagOfEtcd() {
        List<String> known = FlagTable.all().stream().map(Flag::name).toList();
        assertEquals(
                List.of(),
                Arrays.stream(ETCD_FLAGS.split("\\s+")).filter(name -> !known.contains(name)).toList());
        assertEquals(known.size(), known.stream().distinct().count());
    }

    @Test
    void shouldRefuseByNameWhatWouldBeMissed() {
        assertTrue(refusal("--listen-client-http-urls=http://127.0.0.1:1").contains("--listen-metrics-urls"));
        assertTrue(refusal("--peer-client-cert-file=x").contains("--peer-cert-file"));
        assertTrue(refusal("--peer-client-key-file=x").contains("--peer-cert-file"));
        assertTrue(refusal("--client-cert-allowed-hostname=h").contains("--peer-cert-allowed-hostname"));
        assertTrue(refusal("--experimental-enable-v2v3=/v2").contains("version 2"));
        for (String flag : List.of("--experimental-max-learners=2", "--experimental-enable-lease-checkpoint",
                "--experimental-enable-lease-checkpoint-persist=true", "--proxy=on", "--tls-min-version=TLS1.3",
                "--tls-max-version=TLS1.2", "--experimental-memory-mlock", "--enable-v2", "--v2-deprecation=what")) {
            assertTrue(refusal(flag).contains("is not supported by this version; it works as with "), flag);
        }
        assertEquals(
                "--tls-min-version=TLS1.3 is not supported by this version; it works as with TLS1.2",
                refusal("--tls-min-version=TLS1.3"));
    }

    @Test
    void shouldPassOverWithAWarningWhatChangesNoAnswer() {
        for (String flag : List.of("--enable-pprof", "--log-outputs=stdout,/var/log/etcd", "--log-format=json", "--logger=capnslog",
                "--enable-log-rotation", "--log-rotation-config-json={}", "--experimental-compact-hash-check-enabled",
                "--experimental-compact-hash-check-time=2m", "--experimental-bootstrap-defrag-threshold-megabytes=100",
                "--experimental-txn-mode-write-with-shared-buffer=false", "--experimental-warning-unary-request-duration=1s",
                "--experimental-warning-apply-duration=1s", "--experimental-wait-cluster-ready-timeout=9s",
                "--experimental-stop-grpc-service-on-defrag", "--experimental-peer-skip-client-san-verification=false",
                "--experimental-enable-distributed-tracing", "--experimental-distributed-tracing-address=h:1",
                "--client-cert-file=x", "--client-key-file=x", "--proxy-read-timeout=9", "--max-wals=9")) {
            List<String> warnings = parse(flag).warnings();
            assertEquals(1, warnings.size(), flag + ": " + warnings);
            String name = flag.substring(0, flag.contains("=") ? flag.indexOf('=') : flag.length());
            assertTrue(warnings.getFirst().startsWith(name + " has no effect: "), warnings::toString);
        }
    }

    @Test
    void shouldTakeWhatEtcdDoesByDefaultWithoutAWord() {
        ServerFlags flags = parse("--enable-pprof=false", "--log-outputs=default", "--logger=zap", "--metrics=extensive",
                "--experimental-max-learners=1", "--experimental-enable-lease-checkpoint=false", "--proxy=off",
                "--proxy-failure-wait=5000", "--v2-deprecation=not-yet", "--experimental-wait-cluster-ready-timeout=5s",
                "--experimental-warning-unary-request-duration=300ms", "--tls-min-version=TLS1.2", "--tls-max-version=",
                "--experimental-distributed-tracing-sampling-rate=0", "--self-signed-cert-validity=1", "--max-snapshots=5",
                "--raft-read-timeout=5s", "--experimental-compact-hash-check-time=1m0s", "--discovery-fallback=exit");
        assertEquals(List.of(), flags.warnings());
    }

    /// A setting without a value asks for nothing, whatever it would ask for with one.
    @Test
    void shouldTakeAnEmptyValueForNone() {
        assertEquals(List.of(), parse("--discovery=", "--discovery-srv=", "--crl-file=", "--client-cert-file=").warnings());
        ServerFlags flags = file(
                """
                discovery-srv: ''
                discovery: ""
                cipher-suites: []
                log-outputs: []
                initial-cluster: ''
                wal-dir: ''
                listen-metrics-urls: ''
                client-crl-file: ''
                peer-transport-security:
                  client-cert-file: ''
                  skip-client-san-verification: false
                  allowed-hostname: ''
                """);
        assertEquals(parse().config().initialCluster(), flags.config().initialCluster());
        assertEquals(List.of(), flags.warnings());
        assertTrue(refusalOfFile("discovery-srv: example.com\n").contains("--initial-cluster"));
        assertTrue(refusalOfFile("peer-transport-security:\n  client-cert-file: /c\n")
                .startsWith("peer-transport-security.client-cert-file in /etc/c.yml is not supported"));
        assertTrue(refusalOfFile("client-transport-security:\n  allowed-hostname: h\n")
                .startsWith("client-transport-security.allowed-hostname in /etc/c.yml is not supported"));
    }

    @Test
    void shouldRefuseCipherSuitesWhereTheyWouldCount() {
        String suite = "--cipher-suites=TLS_AES_128_GCM_SHA256";
        assertEquals(
                List.of("--cipher-suites has no effect: nothing is served over TLS"),
                parse(suite).warnings());
        for (String urls : List.of("--listen-client-urls", "--listen-metrics-urls")) {
            assertTrue(refusal(suite, urls + "=https://127.0.0.1:1", "--cert-file=/c", "--key-file=/k")
                    .startsWith("--cipher-suites is not supported by this version"));
        }
        for (String urls : List.of("--listen-peer-urls", "--initial-advertise-peer-urls")) {
            assertTrue(refusal(suite, urls + "=https://127.0.0.1:1", "--peer-cert-file=/c", "--peer-key-file=/k")
                    .startsWith("--cipher-suites is not supported by this version"));
        }
    }

    @Test
    void shouldSayWhatToDoWithAFlagBesideAConfigFile() {
        files.setContent(Path.of("/etc/c.yml"), "name: n\n".getBytes(StandardCharsets.UTF_8));
        assertEquals(
                "--config-file stands alone, where an etcd would pass over --max-txn-ops without a word: put max-txn-ops"
                        + " into the file, or leave it out",
                refusal("--max-txn-ops=5", "--config-file=/etc/c.yml"));
    }

    /// The keys of the sample file that comes with etcd, filled in as it fills them.
    @Test
    void shouldStartWithEveryKeyOfEtcdsSample() {
        ServerFlags flags = file(
                """
                name: m1
                data-dir:
                wal-dir:
                snapshot-count: 5000
                heartbeat-interval: 100
                election-timeout: 1000
                quota-backend-bytes: 0
                max-snapshots: 5
                max-wals: 5
                cors:
                listen-client-urls: http://localhost:2379
                listen-peer-urls: http://localhost:2380
                advertise-client-urls: http://localhost:2379
                initial-advertise-peer-urls: http://localhost:2380
                initial-cluster:
                initial-cluster-state: 'new'
                initial-cluster-token: 'some-cluster'
                discovery:
                discovery-srv:
                discovery-proxy:
                discovery-fallback: 'proxy'
                strict-reconfig-check: false
                enable-pprof: true
                proxy: 'off'
                proxy-dial-timeout: 1000
                proxy-failure-wait: 5000
                proxy-read-timeout: 0
                proxy-refresh-interval: 30000
                proxy-write-timeout: 5000
                client-transport-security:
                  auto-tls: false
                  cert-file:
                  client-cert-auth: false
                  key-file:
                  trusted-ca-file:
                peer-transport-security:
                  auto-tls: false
                  cert-file:
                  client-cert-auth: false
                  key-file:
                  trusted-ca-file:
                self-signed-cert-validity: 1
                tls-min-version: 'TLS1.2'
                tls-max-version: 'TLS1.3'
                cipher-suites: [TLS_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384]
                log-level: debug
                log-outputs: [stderr]
                logger: zap
                force-new-cluster: false
                auto-compaction-mode: periodic
                auto-compaction-retention: "1"
                """);
        ServerConfig config = flags.config();
        assertEquals("m1", config.name());
        assertEquals(Path.of("m1.etcd"), config.dataDir());
        assertEquals(5_000, config.snapshotCount());
        assertEquals("some-cluster", config.clusterToken());
        assertEquals(Map.of("m1", List.of(URI.create("http://localhost:2380"))), config.initialCluster());
        assertEquals(AutoCompaction.periodic(3_600_000), config.autoCompaction());
        assertEquals("debug", flags.logLevel());
        assertEquals(
                List.of(
                        "enable-pprof in /etc/c.yml has no effect: a JVM has tools of its own for that: jcmd, JFR",
                        "--cipher-suites has no effect: nothing is served over TLS"),
                flags.warnings());
    }
}
