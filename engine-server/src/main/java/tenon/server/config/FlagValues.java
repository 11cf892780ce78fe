package tenon.server.config;

import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tenon.api.MisuseException;
import tenon.server.AutoCompaction;
import tenon.server.ServerConfig;

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
    String initialCluster;
    String initialClusterState = "new";
    String compactionMode = "periodic";
    String compactionRetention = "0";
    String logLevel = "info";

    Path dataDir() {
        return dataDir == null ? Path.of(name + ".etcd") : dataDir;
    }

    /// @throws FlagException if the values do not fit together
    ServerConfig build() {
        checkCluster();
        try {
            return builder.name(name)
                    .dataDir(dataDir())
                    .listenClientUrls(listenClientUrls)
                    .advertiseClientUrls(advertiseClientUrls == null ? List.of() : advertiseClientUrls)
                    .peerUrls(peerUrls)
                    .autoCompaction(autoCompaction())
                    .build();
        } catch (MisuseException e) {
            throw new FlagException(e.getMessage());
        }
    }

    /// One member, which is this one.
    private void checkCluster() {
        if (initialCluster == null) {
            return;
        }
        List<URI> ownUrls = new ArrayList<>();
        for (String member : initialCluster.split(",")) {
            String[] parts = member.trim().split("=", 2);
            if (parts.length != 2) {
                throw new FlagException("--initial-cluster wants name=url pairs, not \"" + member + "\"");
            }
            if (!parts[0].equals(name)) {
                throw new FlagException("--initial-cluster names the member \"" + parts[0] + "\", but this one is \""
                        + name + "\": clusters of more than one member are not there yet, and --name has to be that of"
                        + " the only one");
            }
            ownUrls.addAll(urls(parts[1]));
        }
        if (!ownUrls.stream().sorted().toList().equals(peerUrls.stream().sorted().toList())) {
            throw new FlagException("--initial-cluster has " + ownUrls + " for this member, but"
                    + " --initial-advertise-peer-urls has " + peerUrls);
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
        if ("https".equals(url.getScheme())) {
            throw new FlagException("TLS is not supported by this version: use http");
        }
        if (!"http".equals(url.getScheme())) {
            throw new FlagException("a URL begins with http://");
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

    static <T> T oneOf(String text, List<String> allowed, T value) {
        if (!allowed.contains(text)) {
            throw new FlagException("one of " + String.join(", ", allowed) + " is wanted");
        }
        return value;
    }
}
