package tenon.server.command.ctl;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tenon.server.ServerConfig;
import tenon.server.config.ServerFlags;
import tenon.server.node.Restoration;

/// Makes a data directory from a snapshot, with etcdutl's flags. What it makes is for a server that is started with the same
/// ones, so they are read as the server reads them.
@Command(name = "restore", description = "Make the data directory of a member of a new cluster from a snapshot file.")
final class SnapshotRestoreCommand extends CtlAction {
    @Parameters(arity = "0..*", paramLabel = "FILE", description = "The snapshot.")
    List<String> arguments = new ArrayList<>();

    @Option(names = "--data-dir", paramLabel = "PATH", description = "What is made (default: NAME.etcd).")
    String dataDir = "";

    @Option(names = "--wal-dir", paramLabel = "PATH", description = "Where the log is made, if not in the data directory.")
    String walDir = "";

    @Option(names = "--name", paramLabel = "NAME", description = "Name of this member (default: default).")
    String name = "";

    @Option(
            names = "--initial-cluster",
            paramLabel = "NAME=URL,...",
            description = "All members of the new cluster (default: this one).")
    String initialCluster = "";

    @Option(
            names = "--initial-cluster-token",
            paramLabel = "TOKEN",
            description = "Tells clusters of the same members apart (default: etcd-cluster).")
    String initialClusterToken = "";

    @Option(
            names = "--initial-advertise-peer-urls",
            paramLabel = "URLS",
            description = "Where other members reach it (default: http://localhost:2380).")
    String peerUrls = "";

    @Option(names = "--skip-hash-check", description = "Take a file without a digest, such as a copy of a store.")
    boolean skipsHashCheck;

    @Option(
            names = "--bump-revision",
            paramLabel = "COUNT",
            description = "By how much the revision rises, for clients that have seen later ones.")
    long revisionBump;

    @Option(names = "--mark-compacted", description = "Goes with --bump-revision: all history counts as compacted.")
    boolean marksCompacted;

    @Override
    protected void run() {
        if (arguments.size() != 1) {
            throw badArguments("snapshot restore requires exactly one argument");
        }
        if (revisionBump < 0) {
            throw badArguments("--bump-revision=" + revisionBump + " is negative");
        }
        if (marksCompacted != revisionBump > 0) {
            throw badArguments("--mark-compacted required if --revision-bump > 0");
        }
        Path snapshot = Path.of(arguments.getFirst());
        ServerConfig config = config();
        Restoration.run(
                config,
                console().platform(),
                revisionBump,
                store -> SnapshotFile.copyStore(console().platform(), snapshot, store, skipsHashCheck));
        console().out().println("Snapshot restored to " + config.dataDir());
    }

    private ServerConfig config() {
        List<String> flags = new ArrayList<>();
        addFlag(flags, "--data-dir", dataDir);
        addFlag(flags, "--wal-dir", walDir);
        addFlag(flags, "--name", name);
        addFlag(flags, "--initial-cluster", initialCluster);
        addFlag(flags, "--initial-cluster-token", initialClusterToken);
        addFlag(flags, "--initial-advertise-peer-urls", peerUrls);
        return ServerFlags.parse(flags, Map.of(), console().platform().files()).config();
    }

    private static void addFlag(List<String> flags, String flag, String value) {
        if (!value.isEmpty()) {
            flags.add(flag + "=" + value);
        }
    }
}
