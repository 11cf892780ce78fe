package tenon.server.command.ctl;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tenon.server.rpc.StagesRequest;

@Command(name = "status", description = "How a node does, and how long writes spend at each stop of their path.")
final class StatusCommand extends CtlAction {
    @Option(names = "--stages", description = "Only the stops of a write.")
    boolean stagesOnly;

    @Override
    protected void run() {
        Printer printer = printer();
        if (!stagesOnly) {
            EndpointCommand.printStatus(this, ctl().endpoints);
        }
        printer.stages(ask(connection -> connection.diagnostics().stages(StagesRequest.getDefaultInstance())));
    }
}
