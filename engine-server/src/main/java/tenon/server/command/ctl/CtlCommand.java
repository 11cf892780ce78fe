package tenon.server.command.ctl;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import tenon.server.command.Group;
import tenon.server.command.SubCommands;

/// The client. Its flags may stand before or behind the sub-command's word; `ETCDCTL_ENDPOINTS` and the like preset
/// them.
@Command(
        name = "ctl",
        description = "Talk to a node, in etcdctl's words.",
        synopsisSubcommandLabel = "COMMAND",
        defaultValueProvider = EnvironmentDefaults.class)
public final class CtlCommand extends Group {
    /// Switches that are on unless they are switched off.
    private static final String INTERACTIVE = "--interactive";
    private static final String INSECURE_TRANSPORT = "--insecure-transport";
    private static final Set<String> SWITCHES = Set.of(
            "--hex",
            "--prefix",
            "--from-key",
            "--keys-only",
            "--count-only",
            "--print-value-only",
            "--prev-kv",
            "--progress-notify",
            "--ignore-value",
            "--ignore-lease",
            "--physical",
            INTERACTIVE,
            "--cluster",
            "--no-password",
            "--learner",
            "--detail",
            "--skip-hash-check",
            "--mark-compacted",
            "--insecure-skip-tls-verify",
            INSECURE_TRANSPORT);

    @Option(
            names = "--endpoints",
            split = ",",
            scope = ScopeType.INHERIT,
            defaultValue = "127.0.0.1:2379",
            paramLabel = "HOST:PORT",
            description = "Nodes to talk to (default: ${DEFAULT-VALUE}).")
    List<String> endpoints = List.of();

    @Option(
            names = {"-w", "--write-out"},
            scope = ScopeType.INHERIT,
            defaultValue = "simple",
            paramLabel = "FORMAT",
            description = "fields, json, protobuf, simple or table (default: ${DEFAULT-VALUE}).")
    String format = "simple";

    @Option(
            names = "--hex",
            scope = ScopeType.INHERIT,
            description = "Print keys and values in hexadecimal.")
    boolean hex;

    @Option(
            names = "--command-timeout",
            scope = ScopeType.INHERIT,
            defaultValue = "5s",
            converter = Duration.Converter.class,
            paramLabel = "DURATION",
            description = "How long a short command may take (default: ${DEFAULT-VALUE}).")
    Duration commandTimeout = Duration.ofSeconds(5);

    @Option(
            names = "--dial-timeout",
            scope = ScopeType.INHERIT,
            defaultValue = "2s",
            converter = Duration.Converter.class,
            paramLabel = "DURATION",
            description = "How long connecting to a node may take (default: ${DEFAULT-VALUE}).")
    Duration dialTimeout = Duration.ofSeconds(2);

    @Option(
            names = "--user",
            scope = ScopeType.INHERIT,
            paramLabel = "NAME[:PASSWORD]",
            description = "As whom to ask; without a password it is prompted for.")
    String user;

    @Option(
            names = "--password",
            scope = ScopeType.INHERIT,
            paramLabel = "PASSWORD",
            description = "The password; --user is then the name alone.")
    String password;

    @Option(
            names = "--cacert",
            scope = ScopeType.INHERIT,
            paramLabel = "PATH",
            description = "Who signs the nodes' certificates, for endpoints over TLS.")
    Path cacert;

    @Option(
            names = "--cert",
            scope = ScopeType.INHERIT,
            paramLabel = "PATH",
            description = "A certificate to show to the nodes.")
    Path cert;

    @Option(names = "--key", scope = ScopeType.INHERIT, paramLabel = "PATH", description = "Its key.")
    Path key;

    @Option(
            names = "--insecure-skip-tls-verify",
            scope = ScopeType.INHERIT,
            description = "Talk to nodes whatever their certificates.")
    boolean insecureSkipTlsVerify;

    @Option(
            names = INSECURE_TRANSPORT,
            scope = ScopeType.INHERIT,
            hidden = true,
            defaultValue = "true",
            description = "Accepted; it is so unless a file of TLS is named.")
    boolean insecureTransport;

    @Option(
            names = "--no-insecure-transport",
            scope = ScopeType.INHERIT,
            hidden = true,
            description = "TLS for endpoints without a scheme.")
    boolean secureTransport;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this text.")
    boolean help;

    /// The commands below `ctl`, as far as the arguments need them.
    public static CommandLine tree(String... arguments) {
        var words = new LinkedHashMap<String, Supplier<?>>();
        words.put("put", PutCommand::new);
        words.put("get", GetCommand::new);
        words.put("del", DelCommand::new);
        words.put("txn", TxnCommand::new);
        words.put("watch", WatchCommand::new);
        words.put("compaction", CompactionCommand::new);
        words.put("defrag", DefragCommand::new);
        words.put("alarm", AlarmCommand::new);
        words.put("endpoint", EndpointCommand::new);
        words.put("snapshot", SnapshotCommand::new);
        words.put("member", MemberCommand::new);
        words.put("move-leader", MoveLeaderCommand::new);
        words.put("auth", AuthCommand::new);
        words.put("user", UserCommand::new);
        words.put("role", RoleCommand::new);
        words.put("status", StatusCommand::new);
        words.put("version", VersionCommand::new);
        var tree = new CommandLine(new CtlCommand());
        new SubCommands(words).addTo(tree, arguments);
        return tree;
    }

    /// Takes the form `--flag=true` and `--flag=false` of switches, which etcdctl knows, down to `--flag` and nothing.
    public static String[] plainFlags(String... arguments) {
        if (arguments.length == 0 || !arguments[0].equals("ctl")) {
            return arguments;
        }
        var result = new ArrayList<String>();
        boolean inFlags = true;
        for (String argument : arguments) {
            inFlags &= !argument.equals("--");
            int equals = argument.indexOf('=');
            boolean isSwitch = inFlags
                    && equals > 0
                    && SWITCHES.contains(argument.substring(0, equals))
                    && (argument.endsWith("=true") || argument.endsWith("=false"));
            if (!isSwitch) {
                result.add(argument);
            } else if (argument.endsWith("=true")) {
                result.add(argument.substring(0, equals));
            } else if (argument.startsWith(INTERACTIVE) || argument.startsWith(INSECURE_TRANSPORT)) {
                result.add("--no-" + argument.substring(2, equals));
            }
        }
        return result.toArray(String[]::new);
    }
}
