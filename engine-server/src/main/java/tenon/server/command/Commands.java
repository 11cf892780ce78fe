package tenon.server.command;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;
import tenon.server.command.ctl.CtlCommand;

/// Finds a command in the tree by its arguments and runs it.
final class Commands {
    private Commands() {}

    /// Runs one command.
    ///
    /// @return its exit code
    static int run(Console console, String... given) {
        String[] arguments = SnapshotWord.spelledOut(given);
        CommandLine line = TenonCommand.tree(console, arguments);
        line.setExpandAtFiles(false);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setOut(new PrintWriter(console.out(), true));
        line.setErr(new PrintWriter(console.err(), true));
        line.setParameterExceptionHandler((error, words) -> onBadArguments(console, error));
        line.setExecutionExceptionHandler((error, command, result) -> Main.onFailure(console, error, prefix(command)));
        return line.execute(CtlCommand.plainFlags(arguments));
    }

    private static int onBadArguments(Console console, ParameterException error) {
        CommandLine command = error.getCommandLine();
        console.err().println(prefix(command) + problem(error));
        console.err().println("Run '" + command.getCommandSpec().qualifiedName() + " --help' for usage.");
        return isCtl(command) ? ExitCode.FAILED : ExitCode.USAGE;
    }

    private static String problem(ParameterException error) {
        if (error instanceof UnmatchedArgumentException unmatched) {
            String first = unmatched.getUnmatched().getFirst();
            if (unmatched.isUnknownOption()) {
                return "unknown flag: " + first;
            }
            if (!error.getCommandLine().getSubcommands().isEmpty()) {
                String parent = error.getCommandLine().getCommandSpec().qualifiedName();
                return "unknown command \"" + first + "\" for \"" + parent + "\"";
            }
            return "unexpected argument \"" + first + "\"";
        }
        if (error.getArgSpec() instanceof OptionSpec option && error.getValue() != null) {
            Throwable cause = error.getCause() == null ? error : error.getCause();
            return "invalid argument \"" + error.getValue() + "\" for \"" + option.longestName() + "\" flag: "
                    + cause.getMessage();
        }
        return error.getMessage();
    }

    private static String prefix(CommandLine command) {
        return isCtl(command) ? "Error: " : "tenon: ";
    }

    private static boolean isCtl(CommandLine command) {
        for (CommandLine at = command; at != null; at = at.getParent()) {
            if (at.getCommandSpec().userObject() instanceof CtlCommand) {
                return true;
            }
        }
        return false;
    }
}
