package tenon.server.command.wal;

import java.util.LinkedHashMap;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import tenon.server.command.Group;
import tenon.server.command.SubCommands;

/// The microscope for logs.
@Command(
        name = "wal",
        description = "Look into a log (DIR/member/wal), also that of a running node.",
        synopsisSubcommandLabel = "COMMAND")
public final class WalCommand extends Group {
    /// The commands below `wal`, as far as the arguments need them.
    public static CommandLine tree(String... arguments) {
        var words = new LinkedHashMap<String, Supplier<?>>();
        words.put("dump", DumpCommand::new);
        words.put("verify", VerifyCommand::new);
        var tree = new CommandLine(new WalCommand());
        new SubCommands(words).addTo(tree, arguments);
        return tree;
    }
}
