package tenon.server.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.Function;
import tenon.server.InitialClusterState;
import tenon.server.ServerConfig;
import tenon.server.config.Flag.Setting;
import tenon.server.config.FlagValues.TlsValues;

/// Every flag that etcd 3.5 has for a member, and what becomes of it here: those that are carried out, and then
/// [OtherFlags]. Flags that etcd itself only ignores are unknown here.
final class FlagTable {
    static final String CONFIG_FILE = "config-file";

    private static final long NS_PER_MS = 1_000_000;
    private static final int BCRYPT_COST_DEFAULT = 10;
    private static final long PROGRESS_INTERVAL_MS_MIN = 100;
    private static final long PROGRESS_INTERVAL_MS_DEFAULT = 600_000;

    private FlagTable() {}

    static List<Flag> all() {
        List<Flag> flags = new ArrayList<>();
        addMember(flags);
        addCluster(flags);
        addTls(flags);
        addLimits(flags);
        addStorage(flags);
        addWatch(flags);
        addAuth(flags);
        addLogging(flags);
        flags.addAll(OtherFlags.all());
        return List.copyOf(flags);
    }

    private static void addMember(List<Flag> flags) {
        set(flags, CONFIG_FILE, "path", "a YAML file that holds all settings; no other flag beside it", (v, t) -> {});
        set(flags, "name", "name", "name of this member, default \"default\"", (v, t) -> v.name = t);
        set(flags, "data-dir", "path", "holds all files, default \"${name}.etcd\"", (v, t) -> v.dataDir = Path.of(t));
        set(flags, "wal-dir", "path", "holds the log, default in the data directory", (v, t) -> {
            v.builder.walDir(t.isEmpty() ? null : Path.of(t));
        });
        set(flags, "listen-client-urls", "urls", "where clients are served, default http://localhost:2379", (v, t) -> {
            v.listenClientUrls = FlagValues.urls(t);
        });
        set(flags, "advertise-client-urls", "urls", "what clients are told, default where they are served", (v, t) -> {
            v.advertiseClientUrls = FlagValues.urls(t);
        });
        set(flags, "listen-metrics-urls", "urls", "where metrics and health are served as well", (v, t) -> {
            v.builder.listenMetricsUrls(FlagValues.urls(t));
        });
    }

    private static void addCluster(List<Flag> flags) {
        set(flags, "initial-advertise-peer-urls", "urls", "where other members reach it, default http://localhost:2380", (v, t) -> {
            v.peerUrls = FlagValues.peerUrls(t);
        });
        set(flags, "listen-peer-urls", "urls", "where it listens to them, default http://localhost:2380 unless alone", (v, t) -> {
            v.listenPeerUrls = FlagValues.peerUrls(t);
        });
        set(flags, "initial-cluster", "name=url,...", "all members that found the cluster, default this one", (v, t) -> {
            v.builder.initialCluster(FlagValues.cluster(t));
        });
        set(flags, "initial-cluster-token", "token", "part of the identity, default etcd-cluster", (v, t) -> {
            v.builder.clusterToken(t);
        });
        set(flags, "initial-cluster-state", "new|existing", "existing: this member was added to a cluster that runs", (v, t) -> {
            v.builder.initialClusterState(
                    InitialClusterState.valueOf(FlagValues.oneOf(t, List.of("new", "existing"), t).toUpperCase(Locale.ROOT)));
        });
        toggle(flags, "force-new-cluster", "make this member the only one, when the others are gone for good", (b, on) -> {
            b.forceNewCluster(on);
        });
        toggle(flags, "strict-reconfig-check", "refuse changes of members that may cost the quorum, default true", (b, on) -> {
            b.strictReconfigCheck(on);
        });
        for (String prefix : List.of("", "experimental-")) {
            toggle(flags, prefix + "initial-corrupt-check", "compare with other members before serving", (b, on) -> {
                b.initialCorruptCheck(on);
            });
            duration(flags, prefix + "corrupt-check-time", "between two comparisons of all members, default 10s; 0s: none", (b, ms) -> {
                b.corruptCheckTimeMs(ms);
            });
        }
        number(flags, "heartbeat-interval", "ms", "a tick of Raft, default 100", ServerConfig.Builder::heartbeatIntervalMs);
        number(flags, "election-timeout", "ms", "default 1000", ServerConfig.Builder::electionTimeoutMs);
    }

    private static void addTls(List<Flag> flags) {
        addTls(flags, "", "clients", values -> values.clientTls);
        addTls(flags, "peer-", "other members", values -> values.peerTls);
        set(flags, "peer-cert-allowed-cn", "names", "common names of which a certificate of other members has one", (v, t) -> {
            v.peerTls.allowedCommonNames = names(t);
        });
        set(flags, "peer-cert-allowed-hostname", "names", "host names of which it has one", (v, t) -> {
            v.peerTls.allowedHostnames = names(t);
        });
        // Refused where it would count, which is known only when all is.
        set(flags, "cipher-suites", "names", "", (v, t) -> v.cipherSuites = t);
    }

    private static void addTls(List<Flag> flags, String prefix, String who, Function<FlagValues, TlsValues> tls) {
        set(flags, prefix + "cert-file", "path", "certificate that " + who + " are shown", (v, t) -> {
            tls.apply(v).certFile = path(t);
        });
        set(flags, prefix + "key-file", "path", "its key", (v, t) -> tls.apply(v).keyFile = path(t));
        set(flags, prefix + "trusted-ca-file", "path", "authorities that sign certificates of " + who, (v, t) -> {
            tls.apply(v).trustedCaFile = path(t);
        });
        set(flags, prefix + "client-cert-auth", "", "whether " + who + " have to show a certificate", (v, t) -> {
            tls.apply(v).clientCertAuth = FlagValues.isTrue(t);
        });
    }

    private static Path path(String text) {
        return text.isEmpty() ? null : Path.of(text);
    }

    private static List<String> names(String text) {
        return Arrays.stream(text.split(",")).map(String::strip).filter(name -> !name.isEmpty()).toList();
    }

    private static void addLimits(List<Flag> flags) {
        number(
                flags,
                "quota-backend-bytes",
                "bytes",
                "size of the store at which writes are refused; 0: 2 GiB, negative: none",
                ServerConfig.Builder::quotaBackendBytes);
        number(flags, "max-request-bytes", "bytes", "default 1572864", (b, n) -> b.maxRequestBytes(Math.toIntExact(n)));
        number(flags, "max-txn-ops", "count", "default 128", (b, n) -> b.maxTxnOps(Math.toIntExact(n)));
        number(flags, "max-concurrent-streams", "count", "calls at a time on one connection", (b, n) -> {
            b.maxConcurrentStreams((int) Math.min(n, Integer.MAX_VALUE));
        });
    }

    private static void addStorage(List<Flag> flags) {
        number(
                flags,
                "snapshot-count",
                "count",
                "entries between two snapshot marks, default 100000",
                ServerConfig.Builder::snapshotCount);
        for (String prefix : List.of("", "experimental-")) {
            number(
                    flags,
                    prefix + "snapshot-catchup-entries",
                    "count",
                    "entries before a mark that stay in memory, default 5000",
                    ServerConfig.Builder::snapshotCatchUpEntries);
            number(
                    flags,
                    prefix + "compaction-batch-limit",
                    "count",
                    "records in one step of a compaction, default 1000",
                    (b, n) -> b.compactionBatchLimit(Math.toIntExact(n)));
            duration(flags, prefix + "compaction-sleep-interval", "between two such steps, default 10ms", (b, ms) -> {
                b.compactionPauseMs(ms);
            });
        }
        duration(flags, "backend-batch-interval", "a batch is committed after that, default 100ms", (b, ms) -> {
            b.backendBatchIntervalMs(Math.max(1, ms));
        });
        number(flags, "backend-batch-limit", "count", "a batch is committed with so many changes, default 10000", (b, n) -> {
            b.backendBatchLimit(n == 0 ? 10_000 : Math.toIntExact(n));
        });
        set(flags, "auto-compaction-mode", "periodic|revision", "what the retention counts", (v, t) -> {
            v.compactionMode = FlagValues.oneOf(t, List.of("periodic", "revision"), t);
        });
        set(flags, "auto-compaction-retention", "retention", "hours, a duration, or revisions; 0: off", (v, t) -> {
            v.compactionRetention = t;
        });
    }

    private static void addWatch(List<Flag> flags) {
        for (String prefix : List.of("", "experimental-")) {
            String name = prefix + "watch-progress-notify-interval";
            set(flags, name, "duration", "idle watches are told how far they are, default 10m", (v, t) -> {
                long ms = FlagValues.durationNs(t) / NS_PER_MS;
                if (ms > 0 && ms < PROGRESS_INTERVAL_MS_MIN) {
                    v.warnings.add("--" + name + "=" + t + " is too short, " + PROGRESS_INTERVAL_MS_MIN + "ms is used");
                }
                v.builder.watchProgressNotifyIntervalMs(
                        ms == 0 ? PROGRESS_INTERVAL_MS_DEFAULT : Math.max(PROGRESS_INTERVAL_MS_MIN, ms));
            });
        }
    }

    private static void addAuth(List<Flag> flags) {
        set(flags, "auth-token", "simple", "the kind of token that users get", (v, t) -> {
            if (!t.equals("simple")) {
                throw new FlagException(
                        t.startsWith("jwt") ? "JWT tokens are not there yet; use simple" : "simple is wanted");
            }
        });
        number(flags, "auth-token-ttl", "seconds", "a token that is not used is good for so long, default 300", (b, n) -> {
            b.authTokenTtlSeconds(n == 0 ? 300 : n);
        });
        set(flags, "bcrypt-cost", "cost", "work to try a password, 4 to 31, default 10", (v, t) -> {
            int cost = Integer.parseInt(t.trim());
            if (cost < 4 || cost > 31) {
                v.warnings.add("--bcrypt-cost=" + cost + " is not within 4 to 31, " + BCRYPT_COST_DEFAULT + " is used");
                cost = BCRYPT_COST_DEFAULT;
            }
            v.builder.bcryptCost(cost);
        });
    }

    private static void addLogging(List<Flag> flags) {
        List<String> levels = List.of("debug", "info", "warn", "error", "panic", "fatal");
        set(flags, "log-level", "level", "debug, info (default), warn, error", (v, t) -> {
            v.logLevel = FlagValues.oneOf(t, levels, t);
        });
    }

    private static void set(List<Flag> flags, String name, String argument, String help, Setting effect) {
        flags.add(new Flag(name, argument, help, effect));
    }

    private static void number(
            List<Flag> flags, String name, String argument, String help, BiConsumer<ServerConfig.Builder, Long> setter) {
        set(flags, name, argument, help, (values, text) -> setter.accept(values.builder, Long.parseLong(text.trim())));
    }

    private static void duration(
            List<Flag> flags, String name, String help, BiConsumer<ServerConfig.Builder, Long> setterMs) {
        set(flags, name, "duration", help, (values, text) -> {
            setterMs.accept(values.builder, FlagValues.durationNs(text) / NS_PER_MS);
        });
    }

    private static void toggle(
            List<Flag> flags, String name, String help, BiConsumer<ServerConfig.Builder, Boolean> setter) {
        set(flags, name, "", help, (values, text) -> setter.accept(values.builder, FlagValues.isTrue(text)));
    }
}
