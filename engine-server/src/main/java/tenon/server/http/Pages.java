package tenon.server.http;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.lang.System.Logger.Level;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import tenon.server.maintenance.HealthCheck;
import tenon.server.maintenance.MaintenanceService;
import tenon.server.rpc.AlarmType;

/// Makes the pages. Safe for use by any thread.
public final class Pages {
    private static final System.Logger LOG = System.getLogger(Pages.class.getName());
    private static final Set<AlarmType> NO_ALARMS = EnumSet.noneOf(AlarmType.class);

    private final MaintenanceService maintenance;
    private final Consumer<? super StringBuilder> metrics;
    private final Versions versions;
    private final Executor executor;

    /// What `/version` tells.
    public record Versions(String server, String cluster) {}

    /// @param metrics appends the Prometheus text
    /// @param executor where pages are made; it may refuse
    public Pages(
            MaintenanceService maintenance,
            Consumer<? super StringBuilder> metrics,
            Versions versions,
            Executor executor) {
        this.maintenance = maintenance;
        this.metrics = metrics;
        this.versions = versions;
        this.executor = executor;
    }

    /// Makes a page and hands it to the receiver, on any thread.
    void answer(HttpMethod method, String uri, Consumer<Page> receiver) {
        QueryStringDecoder query = new QueryStringDecoder(uri);
        Source source = find(query);
        if (source == null) {
            receiver.accept(Page.NOT_FOUND);
        } else if (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD) && isKnownByItsHead(query)) {
            make(query.path(), source, receiver);
        } else {
            receiver.accept(Page.onlyFor(isKnownByItsHead(query) ? "GET, HEAD" : "GET"));
        }
    }

    /// As in etcd, what has to be tried out first is told to those who get it.
    private static boolean isKnownByItsHead(QueryStringDecoder query) {
        return query.path().equals("/version") || query.path().equals("/metrics");
    }

    private void make(String path, Source source, Consumer<Page> receiver) {
        try {
            executor.execute(() -> {
                CompletableFuture<Page> page;
                try {
                    page = source.make();
                } catch (RuntimeException e) {
                    page = CompletableFuture.failedFuture(e);
                }
                page.exceptionally(e -> failed(path, e)).thenAccept(receiver);
            });
        } catch (RejectedExecutionException _) {
            receiver.accept(Page.TOO_MANY);
        }
    }

    private static Page failed(String path, Throwable cause) {
        LOG.log(Level.ERROR, path + " failed", cause);
        return Page.FAILED;
    }

    private Source find(QueryStringDecoder query) {
        return switch (query.path()) {
            case "/health" -> () -> health(query);
            case "/version" -> () -> CompletableFuture.completedFuture(version());
            case "/metrics" -> () -> CompletableFuture.completedFuture(metrics());
            default -> probe(query);
        };
    }

    private Source probe(QueryStringDecoder query) {
        List<HealthCheck> checks = Probe.findChecks(query);
        return checks == null ? null : () -> Probe.page(maintenance, checks, query);
    }

    private CompletableFuture<Page> health(QueryStringDecoder query) {
        Set<AlarmType> ignored = EnumSet.copyOf(NO_ALARMS);
        for (String name : query.parameters().getOrDefault("exclude", List.of())) {
            for (AlarmType alarm : List.of(AlarmType.NOSPACE, AlarmType.CORRUPT)) {
                if (alarm.name().equals(name)) {
                    ignored.add(alarm);
                }
            }
        }
        boolean serializable =
                query.parameters().getOrDefault("serializable", List.of()).contains("true");
        return maintenance.healthProblem(ignored, serializable).thenApply(problem -> problem.isEmpty()
                ? new Page(HttpResponseStatus.OK, Page.JSON, "{\"health\":\"true\",\"reason\":\"\"}")
                : new Page(
                        HttpResponseStatus.SERVICE_UNAVAILABLE,
                        Page.JSON,
                        "{\"health\":\"false\",\"reason\":" + quote(problem) + "}\n"));
    }

    private Page version() {
        String text = "{\"etcdserver\":" + quote(versions.server()) + ",\"etcdcluster\":" + quote(versions.cluster())
                + "}";
        return new Page(HttpResponseStatus.OK, Page.JSON, text);
    }

    private Page metrics() {
        StringBuilder text = new StringBuilder();
        metrics.accept(text);
        return new Page(HttpResponseStatus.OK, Page.PROMETHEUS, text.toString());
    }

    /// A JSON string.
    private static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    /// Makes one page; may block, but waits for no other part of the node: few threads make all pages, and `/metrics`
    /// is wanted when there is trouble.
    @FunctionalInterface
    private interface Source {
        CompletableFuture<Page> make();
    }
}
