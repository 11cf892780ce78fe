package tenon.server.command.ctl;

import io.grpc.StatusRuntimeException;
import java.util.function.Function;
import tenon.server.command.Action;
import tenon.server.command.CommandException;
import tenon.server.command.ExitCode;

/// A sub-command of `ctl`.
abstract class CtlAction extends Action {
    /// Asks the first node that answers.
    ///
    /// @throws CommandException if there is none or the call fails
    final <R> R ask(Function<Connection, R> call) {
        CtlCommand ctl = ctl();
        Login login = Login.of(ctl, console());
        try (var connection =
                Connection.toAny(ctl.endpoints, tls(), ctl.commandTimeout.ns(), ctl.dialTimeout.ns())) {
            login.on(connection);
            return call.apply(connection);
        } catch (StatusRuntimeException e) {
            throw CommandException.failed(Connection.describe(e));
        }
    }

    /// Asks one node.
    ///
    /// @throws StatusRuntimeException if the call fails
    final <R> R askAt(String endpoint, Function<Connection, R> call) {
        Login login = Login.of(ctl(), console());
        try (var connection = Connection.to(endpoint, tls(), ctl().commandTimeout.ns())) {
            login.on(connection);
            return call.apply(connection);
        }
    }

    private EndpointTls tls() {
        return EndpointTls.of(ctl(), console().platform().files());
    }

    /// Says what went wrong and goes on.
    final void complain(String message) {
        console().flush();
        console().err().println(message);
    }

    final CtlCommand ctl() {
        return ancestor(CtlCommand.class);
    }

    /// What prints in the format that the user chose.
    ///
    /// @throws CommandException if there is no such format
    final Printer printer() {
        CtlCommand ctl = ctl();
        var out = console().out();
        return switch (ctl.format) {
            case "simple" -> new SimplePrinter(out, ctl.hex);
            case "json" -> new JsonPrinter(out);
            case "fields" -> new FieldsPrinter(out);
            case "table" -> new TablePrinter(out);
            case "protobuf" -> new ProtobufPrinter(out);
            default -> throw new CommandException(ExitCode.BAD_FEATURE, "unsupported output format");
        };
    }

    /// @param consistency `l` or `s`, as a flag gave it
    /// @throws CommandException if it is neither
    static boolean isSerializable(String consistency) {
        return switch (consistency) {
            case "s" -> true;
            case "l" -> false;
            default -> throw new CommandException(
                    ExitCode.BAD_FEATURE, "unknown consistency flag \"" + consistency + "\"");
        };
    }

    static CommandException badArguments(String message) {
        return new CommandException(ExitCode.BAD_ARGUMENTS, message);
    }
}
