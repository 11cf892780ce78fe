package tenon.server.command.ctl;

import java.util.ArrayList;
import java.util.List;
import tenon.server.rpc.StageLatency;

/// The stops of a write in the order of its path, with latencies as a person reads them.
public final class StageTable {
    private StageTable() {}

    public static TextTable of(List<StageLatency> stages) {
        var rows = new ArrayList<List<String>>();
        for (StageLatency stage : stages) {
            rows.add(List.of(
                    stage.getStage(),
                    Long.toString(stage.getCount()),
                    Sizes.latency(stage.getP50Ns()),
                    Sizes.latency(stage.getP99Ns()),
                    Sizes.latency(stage.getP999Ns()),
                    Sizes.latency(stage.getMaxNs())));
        }
        return new TextTable(List.of("STAGE", "COUNT", "P50", "P99", "P99.9", "MAX"), rows);
    }
}
