package tenon.server.command;

import tenon.api.TenonException;

/// A command cannot go on. Its message is the one line that the user sees; nobody needs the stack.
public final class CommandException extends TenonException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    public CommandException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    public static CommandException failed(String message) {
        return new CommandException(ExitCode.FAILED, message);
    }

    public int exitCode() {
        return exitCode;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
