package tenon.server.command.ctl;

import picocli.CommandLine.Command;
import tenon.server.command.Group;
import tenon.server.rpc.AlarmRequest;
import tenon.server.rpc.AlarmRequest.AlarmAction;
import tenon.server.rpc.AlarmResponse;

@Command(
        name = "alarm",
        description = "See and take back alarms.",
        subcommands = {AlarmCommand.ListCommand.class, AlarmCommand.DisarmCommand.class})
final class AlarmCommand extends Group {
    @Command(name = "list", description = "Print all alarms.")
    static final class ListCommand extends CtlAction {
        @Override
        protected void run() {
            Printer printer = printer();
            printer.alarm(ask(connection -> connection.maintenance().alarm(request(AlarmAction.GET))));
        }
    }

    @Command(name = "disarm", description = "Take back all alarms and print them.")
    static final class DisarmCommand extends CtlAction {
        @Override
        protected void run() {
            Printer printer = printer();
            printer.alarm(ask(DisarmCommand::disarm));
        }

        private static AlarmResponse disarm(Connection connection) {
            AlarmResponse standing = connection.maintenance().alarm(request(AlarmAction.GET));
            var result = AlarmResponse.newBuilder();
            for (var alarm : standing.getAlarmsList()) {
                var disarmed = connection.maintenance().alarm(AlarmRequest.newBuilder()
                        .setAction(AlarmAction.DEACTIVATE)
                        .setMemberID(alarm.getMemberID())
                        .setAlarm(alarm.getAlarm())
                        .build());
                result.setHeader(disarmed.getHeader()).addAllAlarms(disarmed.getAlarmsList());
            }
            return result.build();
        }
    }

    private static AlarmRequest request(AlarmAction action) {
        return AlarmRequest.newBuilder().setAction(action).build();
    }
}
