package tenon.server.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import tenon.server.maintenance.HealthCheck;
import tenon.server.maintenance.MaintenanceService;

/// Pages made of checks: `/livez` tells whether the process is to be started anew, `/readyz` whether to send it clients.
/// Each check has a page of its own as well, `/readyz/data_corruption`.
///
/// The answer is `ok`, or a line for each check; with `verbose`, those lines come before the `ok` too. `exclude=NAME`, as
/// often as wanted, leaves checks out; names of no check are passed over.
enum Probe {
    LIVEZ("/livez", List.of(HealthCheck.LOCAL_READ)),
    READYZ(
            "/readyz",
            List.of(
                    HealthCheck.DATA_CORRUPTION,
                    HealthCheck.SERIALIZABLE_READ,
                    HealthCheck.LINEARIZABLE_READ,
                    HealthCheck.NON_LEARNER));

    private final String path;
    private final List<HealthCheck> checks;

    Probe(String path, List<HealthCheck> checks) {
        this.path = path;
        this.checks = checks;
    }

    /// The checks that a request is for; null if its path is none of these.
    static List<HealthCheck> findChecks(QueryStringDecoder query) {
        for (Probe probe : values()) {
            if (query.path().equals(probe.path)) {
                List<String> excluded = query.parameters().getOrDefault("exclude", List.of());
                return probe.checks.stream().filter(check -> !excluded.contains(check.text())).toList();
            }
            for (HealthCheck check : probe.checks) {
                if (query.path().equals(probe.path + "/" + check.text())) {
                    return List.of(check);
                }
            }
        }
        return null;
    }

    /// Asks all at once.
    static CompletableFuture<Page> page(
            MaintenanceService maintenance, List<HealthCheck> checks, QueryStringDecoder query) {
        boolean isVerbose = query.parameters().containsKey("verbose");
        CompletableFuture<List<String>> problems = CompletableFuture.completedFuture(List.of());
        for (CompletableFuture<String> problem : checks.stream().map(maintenance::check).toList()) {
            problems = problems.thenCombine(problem, Probe::with);
        }
        return problems.thenApply(found -> page(checks, found, isVerbose));
    }

    private static List<String> with(List<String> some, String one) {
        List<String> all = new ArrayList<>(some);
        all.add(one);
        return all;
    }

    /// @param problems of the checks, in their order; empty texts for none
    private static Page page(List<HealthCheck> checks, List<String> problems, boolean isVerbose) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < checks.size(); i++) {
            String name = checks.get(i).text();
            String problem = problems.get(i);
            lines.append(problem.isEmpty() ? "[+]" + name + " ok\n" : "[-]" + name + " failed: " + problem + "\n");
        }
        if (problems.stream().allMatch(String::isEmpty)) {
            return Page.plain(HttpResponseStatus.OK, (isVerbose ? lines : "") + "ok\n");
        }
        // With an empty line behind them, as etcd's.
        return Page.plain(HttpResponseStatus.SERVICE_UNAVAILABLE, lines + "\n");
    }
}
