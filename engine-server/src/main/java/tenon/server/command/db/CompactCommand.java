package tenon.server.command.db;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tenon.btree.StoreInspector;
import tenon.server.command.Action;
import tenon.server.command.CommandException;
import tenon.server.command.ctl.Sizes;

@Command(name = "compact", description = "Copy the live data of a store into a new file without free pages.")
final class CompactCommand extends Action {
    @Parameters(index = "0", paramLabel = "SOURCE", description = "The store file.")
    Path source;

    @Parameters(index = "1", paramLabel = "TARGET", description = "The new file; there must be none.")
    Path target;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this text.")
    boolean help;

    @Override
    protected void run() {
        StoreInspector.compact(console().platform(), source, target);
        console().out().println(Sizes.bytes(size(source)) + " -> " + Sizes.bytes(size(target)));
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw CommandException.failed(e.getMessage());
        }
    }
}
