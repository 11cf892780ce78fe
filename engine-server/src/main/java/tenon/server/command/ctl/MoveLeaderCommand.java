package tenon.server.command.ctl;

import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tenon.server.command.CommandException;
import tenon.server.rpc.MoveLeaderRequest;
import tenon.server.rpc.StatusRequest;
import tenon.server.rpc.StatusResponse;

@Command(name = "move-leader", description = "Hand leadership to another member.")
final class MoveLeaderCommand extends CtlAction {
    private static final int HEX = 16;

    @Parameters(arity = "0..*", paramLabel = "MEMBER", description = "The id of who is to lead, in hexadecimal.")
    List<String> arguments = new ArrayList<>();

    /// The leader itself has to be asked, so it is looked for among the endpoints.
    @Override
    protected void run() {
        if (arguments.size() != 1) {
            throw badArguments("move-leader command needs 1 argument");
        }
        long target = parse(arguments.getFirst());
        try {
            moveTo(target);
        } catch (StatusRuntimeException e) {
            throw CommandException.failed(Connection.describe(e));
        }
    }

    private void moveTo(long target) {
        for (String endpoint : ctl().endpoints) {
            StatusResponse status =
                    askAt(endpoint, connection -> connection.maintenance().status(StatusRequest.getDefaultInstance()));
            long memberId = status.getHeader().getMemberId();
            if (status.getLeader() == memberId) {
                askAt(endpoint, connection -> connection
                        .maintenance()
                        .moveLeader(MoveLeaderRequest.newBuilder().setTargetID(target).build()));
                console().out()
                        .println("Leadership transferred from " + Long.toHexString(memberId) + " to "
                                + Long.toHexString(target));
                return;
            }
        }
        throw badArguments("no leader endpoint given at [" + String.join(" ", ctl().endpoints) + "]");
    }

    private static long parse(String text) {
        try {
            return Long.parseUnsignedLong(text, HEX);
        } catch (NumberFormatException e) {
            throw CommandException.failed("\"" + text + "\" is no member: give its id in hexadecimal");
        }
    }
}
