package tenon.server.command.ctl;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tenon.server.rpc.StageLatency;
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
        var stages = ask(connection -> connection.diagnostics().stages(StagesRequest.getDefaultInstance()));
        if (printer instanceof SimplePrinter) {
            console().out().print(table(stages.getStagesList()));
        } else {
            printer.stages(stages);
        }
    }

    /// The stops in the order of the path, with latencies as a person reads them.
    static TextTable table(List<StageLatency> stages) {
        var rows = new ArrayList<List<String>>();
        for (StageLatency stage : stages) {
            rows.add(List.of(
                    stage.getStage(),
                    Long.toString(stage.getCount()),
                    latency(stage.getP50Ns()),
                    latency(stage.getP99Ns()),
                    latency(stage.getP999Ns()),
                    latency(stage.getMaxNs())));
        }
        return new TextTable(List.of("STAGE", "COUNT", "P50", "P99", "P99.9", "MAX"), rows);
    }

    private static String latency(long ns) {
        return Sizes.latency(ns);
    }
}
