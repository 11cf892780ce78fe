package tenon.server.config;

import java.util.ArrayList;
import java.util.List;
import tenon.server.config.Flag.Meaningless;
import tenon.server.config.Flag.Neutral;
import tenon.server.config.Flag.Refused;

/// Flags of etcd that are not carried out. Refused is what would change what is stored, who may connect, or what clients
/// and members are answered; the rest is accepted, with a warning where somebody may have counted on it.
final class OtherFlags {
    /// etcd took many flags out of this prefix, and knows both names.
    private static final List<String> PREFIXES = List.of("", "experimental-");

    private static final String NOT_USUAL = "";
    private static final String OFF = "false";
    private static final String NO_TLS_DETAIL = "of TLS there are certificates, keys, authorities and allowed names";
    private static final String NO_DISCOVERY = "members are named by --initial-cluster";
    private static final String STANDARD_ERROR = "lines of text go to standard error";
    private static final String STAGES = "how long writes take at each stop is in /metrics";
    private static final String NO_PROXY = "there is no proxy";
    private static final String NO_TRACING = "there is no tracing";

    private final List<Flag> flags = new ArrayList<>();

    private OtherFlags() {}

    static List<Flag> all() {
        OtherFlags table = new OtherFlags();
        table.addServing();
        table.addTls();
        table.addFounding();
        table.addStorage();
        table.addChecks();
        table.addLogging();
        table.addOld();
        return List.copyOf(table.flags);
    }

    private void addServing() {
        refused("listen-client-http-urls", "urls", "pages have the addresses of --listen-client-urls; for pages alone there is"
                + " --listen-metrics-urls");
        neutral("enable-grpc-gateway", "", OFF);
        neutral("grpc-keepalive-min-time", "duration", "5s|5000000000");
        neutral("grpc-keepalive-interval", "duration", "2h|2h0m0s|7200000000000");
        neutral("grpc-keepalive-timeout", "duration", "20s|20000000000");
        neutral("socket-reuse-port", "", OFF);
        neutral("socket-reuse-address", "", OFF);
        neutral("cors", "origins", "*|");
        neutral("host-whitelist", "hosts", "*|");
        neutral("metrics", "level", "basic|extensive");
        meaningless("enable-pprof", "", OFF, "a JVM has tools of its own for that: jcmd, JFR");
        for (String prefix : PREFIXES) {
            meaningless(
                    prefix + "wait-cluster-ready-timeout",
                    "duration",
                    "5s|5000000000",
                    "clients are served at once, and told while there is no leader");
            meaningless(prefix + "stop-grpc-service-on-defrag", "", OFF, "a defragmentation holds up no calls");
        }
    }

    private void addTls() {
        neutral("auto-tls", "", OFF);
        neutral("peer-auto-tls", "", OFF);
        meaningless("self-signed-cert-validity", "years", "1|0", "no certificates are made here");
        neutral("tls-min-version", "version", "TLS1.2|");
        neutral("tls-max-version", "version", "TLS1.3|");
        for (String file : List.of("crl-file", "peer-crl-file", "client-crl-file", "ca-file", "peer-ca-file")) {
            refused(file, "path", NO_TLS_DETAIL);
        }
        String onlyMembers = "names are asked of members' certificates, by --peer-cert-allowed-hostname; a client's is that of a"
                + " user, who has roles";
        refused("cert-allowed-hostname", "names", onlyMembers);
        refused("client-cert-allowed-hostname", "names", onlyMembers);
        String unused = "a server calls no clients";
        meaningless("client-cert-file", "path", NOT_USUAL, unused);
        meaningless("client-key-file", "path", NOT_USUAL, unused);
        String oneCertificate = "a member shows one certificate, whoever connects: --peer-cert-file";
        refused("peer-client-cert-file", "path", oneCertificate);
        refused("peer-client-key-file", "path", oneCertificate);
        for (String prefix : PREFIXES) {
            meaningless(
                    prefix + "peer-skip-client-san-verification",
                    "",
                    "true",
                    "from where a member connects is not compared with its certificate");
        }
    }

    private void addFounding() {
        for (String discovery : List.of("discovery", "discovery-srv", "discovery-srv-name")) {
            refused(discovery, "value", NO_DISCOVERY);
        }
        meaningless("discovery-fallback", "value", "exit|proxy", NO_DISCOVERY);
        meaningless("discovery-proxy", "url", NOT_USUAL, NO_DISCOVERY);
        neutral("pre-vote", "", "true");
        meaningless(
                "initial-election-tick-advance",
                "",
                NOT_USUAL,
                "a single member elects itself at once, others after one election timeout");
        String pings = "connections between members are watched by pings";
        meaningless("raft-read-timeout", "duration", "5s|5000000000", pings);
        meaningless("raft-write-timeout", "duration", "5s|5000000000", pings);
        for (String prefix : PREFIXES) {
            neutral(prefix + "max-learners", "count", "1");
        }
    }

    private void addStorage() {
        neutral("unsafe-no-fsync", "", OFF);
        meaningless("max-snapshots", "count", "5", "there are no snapshot files");
        meaningless("max-wals", "count", "5", "segments are given back as soon as the store holds their entries");
        for (String prefix : PREFIXES) {
            meaningless(prefix + "backend-bbolt-freelist-type", "type", NOT_USUAL, "free space is kept in extents");
            meaningless(prefix + "backend-freelist-type", "type", NOT_USUAL, "free space is kept in extents");
            meaningless(
                    prefix + "bootstrap-defrag-threshold-megabytes",
                    "megabytes",
                    "0",
                    "a node does not defragment when it starts; `tenon ctl defrag` does it beside the calls");
            meaningless(
                    prefix + "txn-mode-write-with-shared-buffer", "", "true", "a transaction is read and applied in one way");
            neutral(prefix + "memory-mlock", "", OFF);
            neutral(prefix + "enable-lease-checkpoint", "", OFF);
            neutral(prefix + "enable-lease-checkpoint-persist", "", OFF);
        }
    }

    private void addChecks() {
        String compared = "members compare all they hold, by --corrupt-check-time";
        for (String prefix : PREFIXES) {
            meaningless(prefix + "compact-hash-check-enabled", "", OFF, compared);
            meaningless(prefix + "compact-hash-check-time", "duration", "1m|1m0s|60000000000", compared);
            meaningless(
                    prefix + "downgrade-check-time", "duration", "5s|5000000000", "there is nothing to downgrade from or to");
            meaningless(prefix + "warning-apply-duration", "duration", "100ms|100000000", STAGES);
            meaningless(prefix + "warning-unary-request-duration", "duration", "300ms|300000000", STAGES);
        }
    }

    private void addLogging() {
        meaningless("logger", "logger", "zap", "there is one logger");
        meaningless("log-outputs", "outputs", "default|stderr", STANDARD_ERROR);
        meaningless("log-format", "format", "console", STANDARD_ERROR);
        meaningless("enable-log-rotation", "", OFF, STANDARD_ERROR);
        meaningless("log-rotation-config-json", "json", NOT_USUAL, STANDARD_ERROR);
        meaningless("debug", "", OFF, "see --log-level");
        for (String prefix : PREFIXES) {
            meaningless(prefix + "enable-distributed-tracing", "", OFF, NO_TRACING);
            meaningless(prefix + "distributed-tracing-address", "address", "localhost:4317", NO_TRACING);
            meaningless(prefix + "distributed-tracing-service-name", "name", "etcd", NO_TRACING);
            meaningless(prefix + "distributed-tracing-instance-id", "id", NOT_USUAL, NO_TRACING);
            meaningless(prefix + "distributed-tracing-sampling-rate", "rate", "0", NO_TRACING);
        }
    }

    /// Of the API before this one, and its proxy.
    private void addOld() {
        neutral("enable-v2", "", OFF);
        refused("experimental-enable-v2v3", "prefix", "the API of version 2 is not served");
        neutral("v2-deprecation", "phase", "not-yet|write-only|write-only-drop-data|gone");
        neutral("proxy", "mode", "off");
        meaningless("proxy-failure-wait", "ms", "5000", NO_PROXY);
        meaningless("proxy-refresh-interval", "ms", "30000", NO_PROXY);
        meaningless("proxy-dial-timeout", "ms", "1000", NO_PROXY);
        meaningless("proxy-write-timeout", "ms", "5000", NO_PROXY);
        meaningless("proxy-read-timeout", "ms", "0", NO_PROXY);
    }

    private void neutral(String name, String argument, String accepted) {
        flags.add(new Flag(name, argument, "", new Neutral(accepted)));
    }

    private void meaningless(String name, String argument, String usual, String reason) {
        flags.add(new Flag(name, argument, "", new Meaningless(usual, reason)));
    }

    private void refused(String name, String argument, String reason) {
        flags.add(new Flag(name, argument, "", new Refused(reason)));
    }
}
