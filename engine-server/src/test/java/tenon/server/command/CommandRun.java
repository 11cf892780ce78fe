package tenon.server.command;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import tenon.api.Platform;

/// One command, run in this JVM.
///
/// @param out what it said on standard output
/// @param err what it said on standard error
public record CommandRun(int exitCode, String out, String err) {
    public static CommandRun of(String... arguments) {
        return withInput("", arguments);
    }

    public static CommandRun withInput(String input, String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var console = new Console(
                new ByteArrayInputStream(ArgumentBytes.encode(input)),
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(err, false, StandardCharsets.UTF_8),
                Platform.system());
        int exitCode = Main.run(console, arguments);
        console.flush();
        return new CommandRun(
                exitCode, ArgumentBytes.decode(out.toByteArray()), ArgumentBytes.decode(err.toByteArray()));
    }
}
