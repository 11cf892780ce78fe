package tenon.bench.cluster;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import tenon.bench.load.Load;

/// What is measured of a server, and what Tenon is to reach beside etcd.
enum Work {
    PUT("put", Load.Kind.PUT, List.of(Goal.PUTS_PER_SECOND, Goal.PUT_CPU)),
    GET("get", Load.Kind.GET, List.of(Goal.READS_PER_SECOND)),
    GET_SERIALIZABLE("get-serializable", Load.Kind.GET_SERIALIZABLE, List.of(Goal.READS_PER_SECOND));

    final String label;
    final Load.Kind kind;
    final List<Goal> goals;

    Work(String label, Load.Kind kind, List<Goal> ownGoals) {
        this.label = label;
        this.kind = kind;
        this.goals = Stream.concat(ownGoals.stream(), Goal.LATENCIES.stream()).toList();
    }

    boolean isRead() {
        return this != PUT;
    }

    static Work of(String label) {
        return Arrays.stream(values())
                .filter(work -> work.label.equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such work: " + label));
    }
}
