package tenon.server.command.ctl;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import tenon.server.command.CommandException;
import tenon.server.command.Console;

/// Asks a person for a password: at a terminal without showing it, else on standard input.
record PasswordPrompt(Console console) {
    /// @throws CommandException if there is none
    String ask(String prompt) {
        java.io.Console terminal = System.console();
        String password;
        if (terminal != null && terminal.isTerminal() && console.in() == System.in) {
            char[] typed = terminal.readPassword("%s", prompt);
            password = typed == null ? "" : new String(typed);
        } else {
            console.out().print(prompt);
            console.flush();
            password = readLine();
            console.out().println();
        }
        if (password.isEmpty()) {
            throw CommandException.failed("empty password");
        }
        return password;
    }

    /// Asks twice, for a password that is new.
    ///
    /// @throws CommandException if there is none, or the two differ
    String askForNew(String user) {
        String password = ask("Password of " + user + ": ");
        if (!password.equals(ask("Type password of " + user + " again for confirmation: "))) {
            throw CtlAction.badArguments("password not equal, retry");
        }
        return password;
    }

    /// The next line of standard input, and no byte more.
    String readLine() {
        var line = new ByteArrayOutputStream();
        try {
            for (int next = console.in().read(); next >= 0 && next != '\n'; next = console.in().read()) {
                line.write(next);
            }
        } catch (IOException e) {
            throw CommandException.failed("cannot read the password: " + e.getMessage());
        }
        return line.toString(StandardCharsets.UTF_8).stripTrailing();
    }
}
