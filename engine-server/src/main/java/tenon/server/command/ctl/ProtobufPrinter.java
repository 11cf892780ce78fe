package tenon.server.command.ctl;

import com.google.protobuf.Message;
import java.io.IOException;
import java.io.PrintStream;
import tenon.server.command.CommandException;
import tenon.server.rpc.AlarmResponse;
import tenon.server.rpc.DeleteRangeResponse;
import tenon.server.rpc.MemberListResponse;
import tenon.server.rpc.PutResponse;
import tenon.server.rpc.RangeResponse;
import tenon.server.rpc.TxnResponse;

/// The bytes of the answer as they came.
final class ProtobufPrinter extends Printer {
    private final PrintStream out;

    ProtobufPrinter(PrintStream out) {
        super("protobuf");
        this.out = out;
    }

    @Override
    void put(PutResponse response) {
        print(response);
    }

    @Override
    void range(RangeResponse response) {
        print(response);
    }

    @Override
    void delete(DeleteRangeResponse response) {
        print(response);
    }

    @Override
    void txn(TxnResponse response) {
        print(response);
    }

    @Override
    void alarm(AlarmResponse response) {
        print(response);
    }

    @Override
    void members(MemberListResponse response) {
        print(response);
    }

    private void print(Message message) {
        try {
            message.writeTo(out);
        } catch (IOException e) {
            throw CommandException.failed("cannot print: " + e.getMessage());
        }
    }
}
