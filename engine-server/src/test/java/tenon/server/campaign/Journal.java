package tenon.server.campaign;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What happened, and when since the start of the campaign. It is printed as it happens.
final class Journal {
    private final long startNs = System.nanoTime();
    private final List<String> lines = new ArrayList<>();

    long elapsedMs() {
        return (System.nanoTime() - startNs) / 1_000_000;
    }

    void note(String format, Object... values) {
        String text = values.length == 0 ? format : String.format(Locale.ROOT, format, values);
        String line = String.format(Locale.ROOT, "%8.3f  %s", elapsedMs() / 1000.0, text);
        synchronized (lines) {
            lines.add(line);
            System.out.println(line);
        }
    }
}
