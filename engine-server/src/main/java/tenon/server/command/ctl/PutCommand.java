package tenon.server.command.ctl;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tenon.server.command.CommandException;
import tenon.server.command.ExitCode;
import tenon.server.rpc.PutRequest;

@Command(
        name = "put",
        description = {
            "Put a value under a key.",
            "Without a value on the command line it is read from standard input. A value that begins with a dash "
                    + "needs -- before the key."
        })
final class PutCommand extends CtlAction {
    @Parameters(arity = "0..*", paramLabel = "KEY [VALUE]", description = "Key and value.")
    List<String> arguments = new ArrayList<>();

    @Option(names = "--lease", defaultValue = "0", paramLabel = "ID", description = "Lease to attach, in hexadecimal.")
    String lease = "0";

    @Option(names = "--prev-kv", description = "Print what was there before.")
    boolean previous;

    @Option(names = "--ignore-value", description = "Keep the present value.")
    boolean ignoreValue;

    @Option(names = "--ignore-lease", description = "Keep the present lease.")
    boolean ignoreLease;

    @Override
    protected void run() {
        Printer printer = printer();
        PutRequest request = request(console().in());
        printer.put(ask(connection -> connection.kv().put(request)));
    }

    /// @param in where the value comes from if it is not among the arguments; null if it must be
    PutRequest request(InputStream in) {
        var request = PutRequest.newBuilder()
                .setLease(leaseId())
                .setPrevKv(previous)
                .setIgnoreValue(ignoreValue)
                .setIgnoreLease(ignoreLease);
        if (ignoreValue) {
            if (arguments.size() != 1) {
                throw badArguments("put command needs only 1 argument when 'ignore-value' is set");
            }
        } else if (arguments.isEmpty() || arguments.size() == 1 && in == null) {
            throw badArguments("put command needs 1 argument and input from stdin or 2 arguments");
        } else {
            request.setValue(arguments.size() > 1 ? KeySpan.bytes(arguments.get(1)) : readAll(in));
        }
        return request.setKey(KeySpan.bytes(arguments.getFirst())).build();
    }

    private long leaseId() {
        try {
            return Long.parseLong(lease, 16);
        } catch (NumberFormatException e) {
            throw badArguments("bad lease ID (\"" + lease + "\"), expecting ID in Hex");
        }
    }

    private static ByteString readAll(InputStream in) {
        try {
            return ByteString.readFrom(in);
        } catch (IOException e) {
            throw new CommandException(ExitCode.BAD_INPUT, "cannot read the value: " + e.getMessage());
        }
    }
}
