package tenon.server.campaign;

import java.util.Locale;

/// Tells what happens, and when since the start of the campaign.
final class Journal {
    private final long startNs = System.nanoTime();

    long elapsedMs() {
        return (System.nanoTime() - startNs) / 1_000_000;
    }

    void note(String format, Object... values) {
        String text = values.length == 0 ? format : String.format(Locale.ROOT, format, values);
        System.out.println(String.format(Locale.ROOT, "%8.3f  %s", elapsedMs() / 1000.0, text));
    }
}
