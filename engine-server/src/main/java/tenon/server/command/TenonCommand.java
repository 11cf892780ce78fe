package tenon.server.command;

import java.util.LinkedHashMap;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import tenon.server.command.ctl.CtlCommand;
import tenon.server.command.db.DbCommand;
import tenon.server.command.demo.DemoCommand;
import tenon.server.command.wal.WalCommand;

/// The root of all commands.
@Command(
        name = "tenon",
        description = "A storage engine for the JVM: from an etcd v3 client down to the disk.",
        synopsisSubcommandLabel = "COMMAND")
public final class TenonCommand extends Group {
    private final Console console;

    /// The whole tree of commands, as far as the arguments need it.
    static CommandLine tree(Console console, String... arguments) {
        var words = new LinkedHashMap<String, Supplier<?>>();
        words.put(ServerCommand.WORD, ServerCommand::new);
        words.put("train", TrainCommand::new);
        words.put("demo", DemoCommand::new);
        words.put("ctl", () -> CtlCommand.tree(arguments));
        words.put(SnapshotWord.WORD, SnapshotWord::new);
        words.put("db", () -> DbCommand.tree(arguments));
        words.put("wal", () -> WalCommand.tree(arguments));
        words.put("version", VersionCommand::new);
        // Not as a method reference: with one to a class of that library, JDK 25.0.3 cannot write the start-up cache.
        words.put("help", () -> new HelpCommand());
        var tree = new CommandLine(new TenonCommand(console));
        String[] word = arguments.length == 0 ? arguments : new String[] {arguments[0]};
        new SubCommands(words).addTo(tree, word);
        return tree;
    }

    TenonCommand(Console console) {
        this.console = console;
    }

    Console console() {
        return console;
    }
}
