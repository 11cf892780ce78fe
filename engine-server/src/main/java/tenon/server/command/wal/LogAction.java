package tenon.server.command.wal;

import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tenon.server.command.Action;
import tenon.server.command.CommandException;
import tenon.wal.LogInspector;

/// A sub-command of `wal`.
abstract class LogAction extends Action {
    @Parameters(index = "0", paramLabel = "DIRECTORY", description = "The directory of the log.")
    Path directory;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this text.")
    boolean help;

    final LogInspector inspector() {
        if (!console().platform().files().exists(directory)) {
            throw CommandException.failed(directory + ": no such directory");
        }
        return new LogInspector(console().platform().files(), directory);
    }
}
