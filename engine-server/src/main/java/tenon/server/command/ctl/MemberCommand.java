package tenon.server.command.ctl;

import picocli.CommandLine.Command;
import tenon.server.command.Group;
import tenon.server.rpc.MemberListRequest;

@Command(
        name = "member",
        description = "Ask about the members of the cluster.",
        subcommands = MemberCommand.ListCommand.class)
final class MemberCommand extends Group {
    @Command(name = "list", description = "Print all members.")
    static final class ListCommand extends CtlAction {
        @Override
        protected void run() {
            Printer printer = printer();
            var request = MemberListRequest.newBuilder().setLinearizable(true).build();
            printer.members(ask(connection -> connection.cluster().memberList(request)));
        }
    }
}
