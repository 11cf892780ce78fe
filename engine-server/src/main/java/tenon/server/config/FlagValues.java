package tenon.server.config;

import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tenon.api.MisuseException;
import tenon.server.AutoCompaction;
import tenon.server.ServerConfig;
import tenon.server.TlsFiles;
import tenon.server.membership.PeerUrls;

/// Collects the values of flags, and makes a configuration of them when all are known.
final class FlagValues {
    private static final Pattern DURATION_PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ns|us|µs|ms|s|m|h)");
    private static final URI CLIENT_URL = URI.create("http://localhost:2379");
    private static final URI PEER_URL = URI.create("http://localhost:2380");
    private static final long HOUR_MS = 3_600_000;
    private static final long NS_PER_MS = 1_000_000;

    final List<String> warnings = new ArrayList<>();
    final ServerConfig.Builder builder = ServerConfig.builder(Path.of("default.etcd"));
    String name = "default";
    Path dataDir;
    List<URI> listenClientUrls = List.of(CLIENT_URL);
    List<URI> advertiseClientUrls;
    List<URI> peerUrls = List.of(PEER_URL);
    List<URI> listenPeerUrls = List.of();
    final TlsValues clientTls = new TlsValues();
    final TlsValues peerTls = new TlsValues();
    String compactionMode = "periodic";
    String compactionRetention = "0";
    String logLevel = "info";
    String cipherSuites = "";

    /// The files of one side of connections, as they become known.
    static final class TlsValues {
        Path certFile;
        Path keyFile;
        Path trustedCaFile;
        boolean clientCertAuth;
        List<String> allowedCommonNames = List.of();
        List<String> allowedHostnames = List.of();

        private TlsFiles build() {
            return new TlsFiles(
                    certFile, keyFile, trustedCaFile, clientCertAuth, allowedCommonNames, allowedHostnames);
        }
    }

    private Path dataDir() {
        return dataDir == null ? Path.of(name + ".etcd") : dataDir;
    }

    /// @throws FlagException if the values do not fit together
    ServerConfig build() {
        checkBindable(listenClientUrls);
        checkBindable(listenPeerUrls);
        TlsFiles tls = clientTls.build();
        listenClientUrls.stream()
                .filter(url -> url.getScheme().equals("http") && (tls.hasCertificate() || tls.clientCertAuth()))
                .forEach(url -> warnings.add(
                        "clients are served in the clear on " + url + ": the files of TLS do not count there"));
        ServerConfig config = config(tls);
        checkCipherSuites(config);
        return config;
    }

    private ServerConfig config(TlsFiles tls) {
        try {
            return builder.name(name)
                    .dataDir(dataDir())
                    .listenClientUrls(listenClientUrls)
                    .advertiseClientUrls(advertiseClientUrls == null ? List.of() : advertiseClientUrls)
                    .peerUrls(peerUrls)
                    .listenPeerUrls(listenPeerUrls)
                    .clientTls(tls)
                    .peerTls(peerTls.build())
                    .autoCompaction(autoCompaction())
                    .build();
        } catch (MisuseException e) {
            throw new FlagException(e.getMessage());
        }
    }

    /// The suites are Java's. Whoever names others must not believe that these are kept out.
    private void checkCipherSuites(ServerConfig config) {
        if (cipherSuites.isEmpty()) {
            return;
        }
        boolean usesTls = Stream.of(
                        config.listenClientUrls(), config.listenMetricsUrls(), config.listenPeerUrls(), config.peerUrls())
                .flatMap(List::stream)
                .anyMatch(url -> url.getScheme().equals("https"));
        if (usesTls) {
            throw new FlagException("--cipher-suites is not supported by this version: the suites of this JVM are used,"
                    + " which jdk.tls.disabledAlgorithms may narrow");
        }
        warnings.add("--cipher-suites has no effect: nothing is served over TLS");
    }

    /// Where to listen is said by address, not by a name that may stand for many.
    private static void checkBindable(List<URI> urls) {
        for (URI url : urls) {
            String host = url.getHost();
            boolean isAddress = host.startsWith("[") || host.matches("[0-9.]+");
            if (!isAddress && !host.equals("localhost")) {
                throw new FlagException("expected IP in URL for binding (" + url + ")");
            }
        }
    }

    /// Names and URLs as in `a=http://10.0.0.1:2380,b=http://10.0.0.2:2380`; a name may come again with another URL.
    static Map<String, List<URI>> cluster(String text) {
        Map<String, List<String>> members = new LinkedHashMap<>();
        for (String member : text.split(",")) {
            String[] parts = member.trim().split("=", 2);
            if (parts.length != 2 || parts[0].isEmpty()) {
                throw new FlagException("name=url pairs are wanted, not \"" + member + "\"");
            }
            members.computeIfAbsent(parts[0], _ -> new ArrayList<>()).add(parts[1]);
        }
        Map<String, List<URI>> cluster = new LinkedHashMap<>();
        members.forEach((name, urls) -> cluster.put(name, peerUrls(urls)));
        return cluster;
    }

    /// URLs of a host and a port, separated by commas.
    static List<URI> peerUrls(String text) {
        return peerUrls(Arrays.asList(text.split(",")));
    }

    private static List<URI> peerUrls(List<String> urls) {
        try {
            return PeerUrls.check(urls).stream().map(URI::create).toList();
        } catch (PeerUrls.MalformedException e) {
            throw new FlagException(e.getMessage());
        }
    }

    private AutoCompaction autoCompaction() {
        boolean isNumber = compactionRetention.chars().allMatch(Character::isDigit);
        try {
            if (compactionMode.equals("revision")) {
                return AutoCompaction.revisions(Long.parseLong(compactionRetention));
            }
            return AutoCompaction.periodic(
                    isNumber
                            ? Math.multiplyExact(Long.parseLong(compactionRetention), HOUR_MS)
                            : durationNs(compactionRetention) / NS_PER_MS);
        } catch (RuntimeException e) {
            throw new FlagException("invalid value \"" + compactionRetention + "\" for --auto-compaction-retention: in"
                    + " mode " + compactionMode + " it is "
                    + (compactionMode.equals("revision") ? "a count of revisions" : "hours, or a duration like 30m"));
        }
    }

    /// URLs with a port, separated by commas.
    static List<URI> urls(String text) {
        return Arrays.stream(text.split(",")).map(String::trim).map(FlagValues::url).toList();
    }

    private static URI url(String text) {
        URI url = URI.create(text);
        if (!"http".equals(url.getScheme()) && !"https".equals(url.getScheme())) {
            throw new FlagException("a URL begins with http:// or https://");
        }
        if (url.getHost() == null || url.getPort() < 0) {
            throw new FlagException("a URL needs a host and a port: http://127.0.0.1:2379");
        }
        if (!url.getPath().isEmpty() && !url.getPath().equals("/")) {
            throw new FlagException("a URL must not have a path");
        }
        return url;
    }

    /// A duration as Go writes it, `1h30m` or `100ms`; a bare number counts nanoseconds.
    static long durationNs(String text) {
        if (!text.isEmpty() && text.chars().allMatch(Character::isDigit)) {
            return Long.parseLong(text);
        }
        BigDecimal sum = BigDecimal.ZERO;
        Matcher part = DURATION_PART.matcher(text);
        int end = 0;
        while (end < text.length() && part.find(end) && part.start() == end) {
            sum = sum.add(new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(unitNs(part.group(2)))));
            end = part.end();
        }
        if (end == 0 || end < text.length()) {
            throw new FlagException("a duration is written like 100ms or 1h30m");
        }
        return sum.longValueExact();
    }

    private static long unitNs(String unit) {
        return switch (unit) {
            case "ns" -> 1;
            case "us", "µs" -> 1_000;
            case "ms" -> NS_PER_MS;
            case "s" -> 1_000 * NS_PER_MS;
            case "m" -> 60_000 * NS_PER_MS;
            default -> HOUR_MS * NS_PER_MS;
        };
    }

    /// As Go reads it.
    static boolean isTrue(String text) {
        return switch (text) {
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default -> throw new FlagException("true or false is wanted");
        };
    }

    static <T> T oneOf(String text, List<String> allowed, T value) {
        if (!allowed.contains(text)) {
            throw new FlagException("one of " + String.join(", ", allowed) + " is wanted");
        }
        return value;
    }
}
