package tenon.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import tenon.bench.btree.BTreeCommand;
import tenon.bench.cluster.ClusterCommand;
import tenon.bench.cluster.FailoverCommand;
import tenon.bench.load.LoadCommand;
import tenon.bench.raft.RaftCommand;
import tenon.bench.recovery.RecoveryCommand;
import tenon.bench.recovery.StartCommand;
import tenon.bench.wal.WalCommand;

/// The entry point of `bin/tenon bench`.
@Command(
        name = "bench",
        description = "Measures Tenon beside its peers.",
        mixinStandardHelpOptions = true,
        subcommands = {
            BTreeCommand.class,
            ClusterCommand.class,
            FailoverCommand.class,
            JmhCommand.class,
            LoadCommand.class,
            RaftCommand.class,
            RecoveryCommand.class,
            StartCommand.class,
            WalCommand.class
        })
public final class Bench {
    private Bench() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench()).execute(args));
    }
}
