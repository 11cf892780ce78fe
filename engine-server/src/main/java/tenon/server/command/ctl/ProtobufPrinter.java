package tenon.server.command.ctl;

import com.google.protobuf.Message;
import java.io.IOException;
import java.io.PrintStream;
import tenon.server.command.CommandException;

/// The bytes of the answer as they came.
final class ProtobufPrinter extends Printer {
    private final PrintStream out;

    ProtobufPrinter(PrintStream out) {
        super("protobuf");
        this.out = out;
    }

    @Override
    void print(Message message) {
        try {
            message.writeTo(out);
        } catch (IOException e) {
            throw CommandException.failed("cannot print: " + e.getMessage());
        }
    }
}
