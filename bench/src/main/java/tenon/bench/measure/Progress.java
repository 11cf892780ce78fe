package tenon.bench.measure;

import java.time.LocalTime;
import java.time.temporal.ChronoUnit;

/// What goes on, for whoever waits: on standard error, away from the tables.
public final class Progress {
    private Progress() {}

    public static void tell(String format, Object... arguments) {
        System.err.println(LocalTime.now().truncatedTo(ChronoUnit.SECONDS) + " " + String.format(format, arguments));
    }
}
