package tenon.bench.measure;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// What a process tells of its turn: a line `result name=figure …`. All have the operations that were done, `ops`, and
/// the time, `ns`.
public record Outcome(Map<String, Double> figures) {
    private static final String FIRST_WORD = "result ";

    /// The first one in what a process printed.
    ///
    /// @throws IOException if there is none
    public static Outcome of(List<String> lines) throws IOException {
        return lines.stream()
                .filter(line -> line.startsWith(FIRST_WORD))
                .map(Outcome::parse)
                .findFirst()
                .orElseThrow(() -> new IOException("it told no result"));
    }

    private static Outcome parse(String line) {
        Map<String, Double> figures = new LinkedHashMap<>();
        for (String field : line.substring(FIRST_WORD.length()).split(" ")) {
            int equals = field.indexOf('=');
            figures.put(field.substring(0, equals), Double.valueOf(field.substring(equals + 1)));
        }
        return new Outcome(figures);
    }

    /// The same with one figure more.
    public Outcome with(String name, double figure) {
        Map<String, Double> more = new LinkedHashMap<>(figures);
        more.put(name, figure);
        return new Outcome(more);
    }

    public static Outcome of(long ops, long ns) {
        return new Outcome(Map.of()).with("ops", ops).with("ns", ns);
    }

    public double get(String name) {
        Double figure = figures.get(name);
        if (figure == null) {
            throw new IllegalArgumentException("no " + name + " in " + this);
        }
        return figure;
    }

    public double perSecond() {
        return get("ops") * 1e9 / get("ns");
    }

    /// The line.
    @Override
    public String toString() {
        return FIRST_WORD
                + figures.entrySet().stream()
                        .map(figure -> figure.getKey() + "=" + figure.getValue())
                        .collect(Collectors.joining(" "));
    }
}
