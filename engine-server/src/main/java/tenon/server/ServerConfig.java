package tenon.server;

import java.net.URI;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tenon.api.MisuseException;
import tenon.wal.SegmentedLog;

/// How a server works. Defaults are etcd's, except that it listens on loopback only. Made by [#builder].
public final class ServerConfig {
    private static final long AUTH_TOKEN_TTL_SECONDS_MAX = 100L * 365 * 24 * 3600;

    private final Builder values;

    private ServerConfig(Builder values) {
        this.values = values;
    }

    /// @param dataDir holds all files of the server; made if missing
    public static Builder builder(Path dataDir) {
        return new Builder(dataDir);
    }

    /// A builder that begins with these values.
    public Builder toBuilder() {
        return values.copy();
    }

    public String name() {
        return values.name;
    }

    public Path dataDir() {
        return values.dataDir;
    }

    /// Where the log is, null for its place in the data directory.
    public Path walDir() {
        return values.walDir;
    }

    /// Where clients are served. Port 0 lets the system choose.
    public List<URI> listenClientUrls() {
        return values.listenClientUrls;
    }

    /// What clients are told; empty for where the server listens.
    public List<URI> advertiseClientUrls() {
        return values.advertiseClientUrls;
    }

    /// Where metrics and health are served beside the client addresses.
    public List<URI> listenMetricsUrls() {
        return values.listenMetricsUrls;
    }

    /// Under which other members reach this one. Those of a founder are part of its identity.
    public List<URI> peerUrls() {
        return values.peerUrls;
    }

    /// Where other members are listened to; empty for etcd's place for that, `http://localhost:2380`, or for nowhere if
    /// this member is alone.
    public List<URI> listenPeerUrls() {
        return values.listenPeerUrls;
    }

    /// Tells clusters of the same members apart. Part of the identity of founders.
    public String clusterToken() {
        return values.clusterToken;
    }

    /// Names and peer URLs of all members of the cluster that is to be founded or joined, this one included: this one
    /// alone if nothing was said. Counts only for a node without files.
    public Map<String, List<URI>> initialCluster() {
        return values.initialCluster.isEmpty() ? Map.of(values.name, values.peerUrls) : values.initialCluster;
    }

    public InitialClusterState initialClusterState() {
        return values.initialClusterState;
    }

    /// Whether a node that has files makes itself the only member of its cluster.
    public boolean forceNewCluster() {
        return values.forceNewCluster;
    }

    /// Whether changes of the members are refused that may cost the quorum.
    public boolean strictReconfigCheck() {
        return values.strictReconfigCheck;
    }

    /// What this member shows and trusts where members meet.
    public TlsFiles peerTls() {
        return values.peerTls;
    }

    /// What this member shows and trusts where clients come.
    public TlsFiles clientTls() {
        return values.clientTls;
    }

    /// Whether the key space is compared with those of a quorum before this member serves clients.
    public boolean initialCorruptCheck() {
        return values.initialCorruptCheck;
    }

    /// How often the leader has the key spaces of all members compared, if they have changed; 0 for never. Off in etcd.
    public long corruptCheckTimeMs() {
        return values.corruptCheckTimeMs;
    }

    /// 0 for 2 GiB, negative for no quota.
    public long quotaBackendBytes() {
        return values.quotaBackendBytes;
    }

    public int maxRequestBytes() {
        return values.maxRequestBytes;
    }

    public int maxTxnOps() {
        return values.maxTxnOps;
    }

    public int maxConcurrentStreams() {
        return values.maxConcurrentStreams;
    }

    public long heartbeatIntervalMs() {
        return values.heartbeatIntervalMs;
    }

    public long electionTimeoutMs() {
        return values.electionTimeoutMs;
    }

    /// Entries between two snapshot marks in the log.
    public long snapshotCount() {
        return values.snapshotCount;
    }

    /// Entries before a mark that stay in memory.
    public long snapshotCatchUpEntries() {
        return values.snapshotCatchUpEntries;
    }

    public long backendBatchIntervalMs() {
        return values.backendBatchIntervalMs;
    }

    public int backendBatchLimit() {
        return values.backendBatchLimit;
    }

    public int compactionBatchLimit() {
        return values.compactionBatchLimit;
    }

    public long compactionPauseMs() {
        return values.compactionPauseMs;
    }

    /// Whether the store is read into memory when it is opened.
    public boolean prefault() {
        return values.prefault;
    }

    public long walSegmentBytes() {
        return values.walSegmentBytes;
    }

    public AutoCompaction autoCompaction() {
        return values.autoCompaction;
    }

    /// Watches that want to know are told so often how far they are, if nothing happens.
    public long watchProgressNotifyIntervalMs() {
        return values.watchProgressNotifyIntervalMs;
    }

    /// How much work it is to try a password: each step doubles it.
    public int bcryptCost() {
        return values.bcryptCost;
    }

    /// How long a token that is not used is good for.
    public long authTokenTtlSeconds() {
        return values.authTokenTtlSeconds;
    }

    /// How long a caller waits for its proposal: 5 s for a slow disk, and two election timeouts.
    public long requestTimeoutMs() {
        return 5_000 + 2 * values.electionTimeoutMs;
    }

    /// Collects values; what is not set has etcd's default.
    public static final class Builder implements Cloneable {
        private String name = "default";
        private Path dataDir;
        private Path walDir;
        private List<URI> listenClientUrls = List.of(URI.create("http://127.0.0.1:2379"));
        private List<URI> advertiseClientUrls = List.of();
        private List<URI> listenMetricsUrls = List.of();
        private List<URI> peerUrls = List.of(URI.create("http://localhost:2380"));
        private List<URI> listenPeerUrls = List.of();
        private String clusterToken = "etcd-cluster";
        private Map<String, List<URI>> initialCluster = Map.of();
        private InitialClusterState initialClusterState = InitialClusterState.NEW;
        private boolean forceNewCluster;
        private boolean strictReconfigCheck = true;
        private TlsFiles peerTls = TlsFiles.NONE;
        private TlsFiles clientTls = TlsFiles.NONE;
        private boolean initialCorruptCheck;
        private long corruptCheckTimeMs = 10_000;
        private long quotaBackendBytes;
        private int maxRequestBytes = 3 * 512 * 1024;
        private int maxTxnOps = 128;
        private int maxConcurrentStreams = Integer.MAX_VALUE;
        private long heartbeatIntervalMs = 100;
        private long electionTimeoutMs = 1000;
        private long snapshotCount = 100_000;
        private long snapshotCatchUpEntries = 5000;
        private long backendBatchIntervalMs = 100;
        private int backendBatchLimit = 10_000;
        private int compactionBatchLimit = 1000;
        private long compactionPauseMs = 10;
        private boolean prefault;
        private long walSegmentBytes = 64L << 20;
        private AutoCompaction autoCompaction = AutoCompaction.OFF;
        private long watchProgressNotifyIntervalMs = 600_000;
        private int bcryptCost = 10;
        private long authTokenTtlSeconds = 300;

        private Builder(Path dataDir) {
            this.dataDir = Objects.requireNonNull(dataDir, "dataDir");
        }

        public Builder name(String value) {
            name = Objects.requireNonNull(value, "name");
            return this;
        }

        public Builder dataDir(Path value) {
            dataDir = Objects.requireNonNull(value, "dataDir");
            return this;
        }

        public Builder walDir(Path value) {
            walDir = value;
            return this;
        }

        /// Listens on this port of the loopback address; 0 lets the system choose.
        public Builder clientPort(int port) {
            return listenClientUrls(List.of(URI.create("http://127.0.0.1:" + port)));
        }

        public Builder listenClientUrls(List<URI> urls) {
            listenClientUrls = List.copyOf(urls);
            return this;
        }

        public Builder advertiseClientUrls(List<URI> urls) {
            advertiseClientUrls = List.copyOf(urls);
            return this;
        }

        public Builder listenMetricsUrls(List<URI> urls) {
            listenMetricsUrls = List.copyOf(urls);
            return this;
        }

        public Builder peerUrls(List<URI> urls) {
            peerUrls = List.copyOf(urls);
            return this;
        }

        public Builder listenPeerUrls(List<URI> urls) {
            listenPeerUrls = List.copyOf(urls);
            return this;
        }

        public Builder clusterToken(String value) {
            clusterToken = Objects.requireNonNull(value, "clusterToken");
            return this;
        }

        /// @param peerUrlsByName of all members, this one included; the order is kept
        public Builder initialCluster(Map<String, List<URI>> peerUrlsByName) {
            Map<String, List<URI>> copy = new LinkedHashMap<>();
            peerUrlsByName.forEach((member, urls) -> copy.put(member, List.copyOf(urls)));
            initialCluster = Collections.unmodifiableMap(copy);
            return this;
        }

        public Builder initialClusterState(InitialClusterState value) {
            initialClusterState = Objects.requireNonNull(value, "initialClusterState");
            return this;
        }

        public Builder forceNewCluster(boolean value) {
            forceNewCluster = value;
            return this;
        }

        public Builder strictReconfigCheck(boolean value) {
            strictReconfigCheck = value;
            return this;
        }

        public Builder peerTls(TlsFiles value) {
            peerTls = Objects.requireNonNull(value, "peerTls");
            return this;
        }

        public Builder clientTls(TlsFiles value) {
            clientTls = Objects.requireNonNull(value, "clientTls");
            return this;
        }

        public Builder initialCorruptCheck(boolean value) {
            initialCorruptCheck = value;
            return this;
        }

        public Builder corruptCheckTimeMs(long value) {
            corruptCheckTimeMs = value;
            return this;
        }

        public Builder quotaBackendBytes(long value) {
            quotaBackendBytes = value;
            return this;
        }

        public Builder maxRequestBytes(int value) {
            maxRequestBytes = value;
            return this;
        }

        public Builder maxTxnOps(int value) {
            maxTxnOps = value;
            return this;
        }

        public Builder maxConcurrentStreams(int value) {
            maxConcurrentStreams = value;
            return this;
        }

        public Builder heartbeatIntervalMs(long value) {
            heartbeatIntervalMs = value;
            return this;
        }

        public Builder electionTimeoutMs(long value) {
            electionTimeoutMs = value;
            return this;
        }

        public Builder snapshotCount(long value) {
            snapshotCount = value;
            return this;
        }

        public Builder snapshotCatchUpEntries(long value) {
            snapshotCatchUpEntries = value;
            return this;
        }

        public Builder backendBatchIntervalMs(long value) {
            backendBatchIntervalMs = value;
            return this;
        }

        public Builder backendBatchLimit(int value) {
            backendBatchLimit = value;
            return this;
        }

        public Builder compactionBatchLimit(int value) {
            compactionBatchLimit = value;
            return this;
        }

        public Builder compactionPauseMs(long value) {
            compactionPauseMs = value;
            return this;
        }

        public Builder prefault(boolean value) {
            prefault = value;
            return this;
        }

        public Builder walSegmentBytes(long value) {
            walSegmentBytes = value;
            return this;
        }

        public Builder autoCompaction(AutoCompaction value) {
            autoCompaction = Objects.requireNonNull(value, "autoCompaction");
            return this;
        }

        public Builder watchProgressNotifyIntervalMs(long value) {
            watchProgressNotifyIntervalMs = value;
            return this;
        }

        /// @param value 4 to 31
        public Builder bcryptCost(int value) {
            bcryptCost = value;
            return this;
        }

        public Builder authTokenTtlSeconds(long value) {
            authTokenTtlSeconds = value;
            return this;
        }

        /// @throws MisuseException if the values do not fit together
        public ServerConfig build() {
            check(!name.isEmpty(), "the name of the member is empty");
            check(!listenClientUrls.isEmpty(), "there is no URL to listen on for clients");
            check(!peerUrls.isEmpty(), "there is no peer URL");
            checkTls(listenClientUrls, clientTls, "client");
            checkTls(listenMetricsUrls, clientTls, "metrics");
            checkTls(listenPeerUrls, peerTls, "peer");
            check(corruptCheckTimeMs >= 0, "the time between two checks for corruption must not be negative");
            check(heartbeatIntervalMs > 0, "the heartbeat interval must be positive");
            check(
                    electionTimeoutMs >= 5 * heartbeatIntervalMs,
                    "the election timeout of " + electionTimeoutMs + " ms must be at least five times the heartbeat"
                            + " interval of " + heartbeatIntervalMs + " ms");
            check(electionTimeoutMs <= 50_000, "the election timeout must not exceed 50 s");
            check(maxRequestBytes > 0, "the limit on requests must be positive");
            check(
                    maxRequestBytes <= SegmentedLog.ENTRY_BYTES_MAX,
                    "the limit on requests must not exceed the log's on entries, " + SegmentedLog.ENTRY_BYTES_MAX
                            + " bytes");
            check(maxTxnOps > 0, "the limit on operations of a transaction must be positive");
            check(maxConcurrentStreams > 0, "the limit on concurrent streams must be positive");
            check(snapshotCount > 0, "the snapshot count must be positive");
            check(snapshotCatchUpEntries >= 0, "the number of catch-up entries must not be negative");
            check(backendBatchIntervalMs > 0, "the batch interval must be positive");
            check(backendBatchLimit > 0, "the batch limit must be positive");
            check(compactionBatchLimit > 0, "the batch limit of compaction must be positive");
            check(watchProgressNotifyIntervalMs > 0, "the interval of watch progress must be positive");
            check(bcryptCost >= 4 && bcryptCost <= 31, "the cost of bcrypt must be from 4 to 31");
            check(
                    authTokenTtlSeconds > 0 && authTokenTtlSeconds <= AUTH_TOKEN_TTL_SECONDS_MAX,
                    "the time to live of tokens must be positive, and 100 years at most");
            check(compactionPauseMs >= 0, "the pause of compaction must not be negative");
            return new ServerConfig(copy());
        }

        private Builder copy() {
            try {
                return (Builder) clone();
            } catch (CloneNotSupportedException e) {
                throw new IllegalStateException(e);
            }
        }

        private static void checkTls(List<URI> urls, TlsFiles tls, String who) {
            for (URI url : urls) {
                check(
                        !"https".equals(url.getScheme()) || tls.hasCertificate(),
                        "TLS key/cert must be provided for " + who + " url " + url + " with HTTPS scheme");
            }
            check(
                    tls.allowedCommonNames().isEmpty() || tls.allowedHostnames().isEmpty(),
                    "allowed names of " + who + " certificates are either common names or host names");
            check(
                    tls.requiresClientCertificates()
                            || tls.allowedCommonNames().isEmpty() && tls.allowedHostnames().isEmpty(),
                    "allowed names of " + who + " certificates need certificates to be required");
        }

        private static void check(boolean holds, String rule) {
            if (!holds) {
                throw new MisuseException(rule);
            }
        }
    }
}
