package tenon.server.command;

import java.util.Arrays;
import tenon.api.TenonException;

/// Where the process starts. `server` is carried out without the command tree, whose library reads itself by
/// reflection: that would be a third of the time in which a node is there.
public final class Main {
    private static final String DEBUG_VARIABLE = "TENON_DEBUG";

    private Main() {}

    public static void main(String[] arguments) {
        Console console = Console.ofProcess();
        LogLines.install(console.err());
        int exitCode = run(console, ArgumentBytes.ofProcess(console.platform(), arguments));
        console.flush();
        System.exit(exitCode);
    }

    /// Runs one command.
    ///
    /// @return its exit code
    public static int run(Console console, String... arguments) {
        if (arguments.length == 0 || !arguments[0].equals(ServerCommand.WORD)) {
            return Commands.run(console, arguments);
        }
        try {
            new ServerProcess(console, Arrays.asList(arguments).subList(1, arguments.length)).run();
            return ExitCode.OK;
        } catch (RuntimeException e) {
            return onFailure(console, e, "tenon: ");
        }
    }

    /// Says why a command failed.
    ///
    /// @param prefix of the line that says it
    /// @return the exit code of the process
    static int onFailure(Console console, Exception error, String prefix) {
        console.flush();
        switch (error) {
            case CommandException known -> {
                if (known.getMessage() != null) {
                    console.err().println(prefix + known.getMessage());
                }
                return known.exitCode();
            }
            case TenonException known -> {
                console.err().println(prefix + known.getMessage());
                return ExitCode.FAILED;
            }
            default -> {
                console.err().println(prefix + "unexpected failure: " + error);
                if (System.getenv(DEBUG_VARIABLE) != null) {
                    error.printStackTrace(console.err());
                } else {
                    console.err().println("This is a defect. " + DEBUG_VARIABLE + "=1 shows where it happened.");
                }
                return ExitCode.FAILED;
            }
        }
    }
}
