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
import tenon.server.config.Flag.Meaningless;
import tenon.server.config.Flag.Neutral;
import tenon.server.config.Flag.Refused;
import tenon.server.config.Flag.Setting;
import tenon.server.config.FlagValues.TlsValues;

/// Every flag that etcd 3.5 has for a member, and what becomes of it here.
final class FlagTable {
    static final String CONFIG_FILE = "config-file";

    private static final long NS_PER_MS = 1_000_000;
    private static final String NO_TLS_DETAIL = "of TLS there are certificates, keys, authorities and allowed names";
    private static final String NO_DISCOVERY = "members are named by --initial-cluster";
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
        addNeutral(flags);
        addMeaningless(flags);
        addRefused(flags);
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
            flag(flags, prefix + "memory-mlock", "", "", new Neutral("false"));
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
        flag(flags, "log-outputs", "outputs", "lines go to standard error", new Neutral("default|stderr"));
        flag(flags, "logger", "logger", "", new Meaningless("there is one logger"));
        flag(flags, "log-format", "format", "lines of text", new Neutral("console"));
        flag(flags, "debug", "", "", new Neutral("false"));
    }

    private static void addNeutral(List<Flag> flags) {
        neutral(flags, "pre-vote", "", "true");
        neutral(flags, "enable-v2", "", "false");
        neutral(flags, "enable-pprof", "", "false");
        neutral(flags, "enable-grpc-gateway", "", "false");
        neutral(flags, "proxy", "mode", "off");
        neutral(flags, "auto-tls", "", "false");
        neutral(flags, "peer-auto-tls", "", "false");
        neutral(flags, "unsafe-no-fsync", "", "false");
        neutral(flags, "metrics", "level", "basic");
        neutral(flags, "socket-reuse-port", "", "false");
        neutral(flags, "socket-reuse-address", "", "false");
        neutral(flags, "grpc-keepalive-min-time", "duration", "5s");
        neutral(flags, "grpc-keepalive-interval", "duration", "2h|2h0m0s");
        neutral(flags, "grpc-keepalive-timeout", "duration", "20s");
        neutral(flags, "cors", "origins", "*|");
        neutral(flags, "host-whitelist", "hosts", "*|");
        neutral(flags, "enable-log-rotation", "", "false");
    }

    private static void addMeaningless(List<Flag> flags) {
        meaningless(flags, "initial-election-tick-advance", "", "a single member elects itself at once, others after one election timeout");
        meaningless(flags, "max-snapshots", "count", "there are no snapshot files");
        meaningless(flags, "max-wals", "count", "segments are given back as soon as the store holds their entries");
        for (String prefix : List.of("", "experimental-")) {
            meaningless(flags, prefix + "backend-bbolt-freelist-type", "type", "free space is kept in extents");
            meaningless(flags, prefix + "backend-freelist-type", "type", "free space is kept in extents");
        }
    }

    private static void addRefused(List<Flag> flags) {
        for (String tls : List.of(
                "crl-file",
                "peer-crl-file",
                "client-crl-file",
                "cert-allowed-hostname",
                "ca-file",
                "peer-ca-file",
                "cipher-suites",
                "tls-min-version",
                "tls-max-version",
                "self-signed-cert-validity")) {
            refused(flags, tls, NO_TLS_DETAIL);
        }
        for (String discovery : List.of("discovery", "discovery-fallback", "discovery-proxy", "discovery-srv", "discovery-srv-name")) {
            refused(flags, discovery, NO_DISCOVERY);
        }
        refused(flags, "log-rotation-config-json", "it logs to standard error");
        refused(flags, "experimental-enable-distributed-tracing", "there is no tracing");
        refused(flags, "experimental-warning-apply-duration", "see the stages of a write in /metrics");
        refused(flags, "warning-apply-duration", "see the stages of a write in /metrics");
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

    private static void flag(List<Flag> flags, String name, String argument, String help, Flag.Effect effect) {
        flags.add(new Flag(name, argument, help, effect));
    }

    private static void neutral(List<Flag> flags, String name, String argument, String accepted) {
        flag(flags, name, argument, "", new Neutral(accepted));
    }

    private static void meaningless(List<Flag> flags, String name, String argument, String reason) {
        flag(flags, name, argument, "", new Meaningless(reason));
    }

    private static void refused(List<Flag> flags, String name, String reason) {
        flag(flags, name, "value", "", new Refused(reason));
    }
}
