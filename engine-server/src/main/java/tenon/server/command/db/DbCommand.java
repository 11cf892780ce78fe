package tenon.server.command.db;

import java.util.LinkedHashMap;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import tenon.server.command.Group;
import tenon.server.command.SubCommands;

/// The microscope and the repair kit for store files.
@Command(
        name = "db",
        description = "Look into or repair a store file that no node has open (DIR/member/snap/db), or a saved snapshot.",
        synopsisSubcommandLabel = "COMMAND")
public final class DbCommand extends Group {
    /// The commands below `db`, as far as the arguments need them.
    public static CommandLine tree(String... arguments) {
        var words = new LinkedHashMap<String, Supplier<?>>();
        words.put("check", CheckCommand::new);
        words.put("stats", StatsCommand::new);
        words.put("buckets", BucketsCommand::new);
        words.put("keys", KeysCommand::new);
        words.put("get", GetCommand::new);
        words.put("pages", PagesCommand::new);
        words.put("page", PageCommand::new);
        words.put("compact", CompactCommand::new);
        words.put("dump", DumpCommand::new);
        words.put("scrub", ScrubCommand::new);
        words.put("fallback", FallBackCommand::new);
        words.put("salvage", SalvageCommand::new);
        var tree = new CommandLine(new DbCommand());
        new SubCommands(words).addTo(tree, arguments);
        return tree;
    }
}
