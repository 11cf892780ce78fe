package tenon.server.command.ctl;

import java.util.Locale;

/// Quantities as people read them.
public final class Sizes {
    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};

    private Sizes() {}

    /// A size in powers of 1000, with one digit behind the point below 10: `20 kB`, `1.5 MB`.
    public static String bytes(long sizeBytes) {
        if (sizeBytes < 10) {
            return sizeBytes + " B";
        }
        double value = sizeBytes;
        int unit = 0;
        while (value >= 1000) {
            value /= 1000;
            unit++;
        }
        double rounded = Math.floor(value * 10 + 0.5) / 10;
        String number = rounded < 10 ? String.format(Locale.ROOT, "%.1f", rounded) : Long.toString((long) Math.rint(rounded));
        return number + " " + UNITS[unit];
    }

    /// A latency with three digits: `85.1 us`, `1.42 ms`.
    public static String latency(long ns) {
        if (ns < 1_000) {
            return ns + " ns";
        }
        double value = ns / 1e3;
        String unit = "us";
        if (value >= 1000) {
            value /= 1000;
            unit = "ms";
        }
        if (value >= 1000) {
            value /= 1000;
            unit = "s";
        }
        return String.format(Locale.ROOT, value < 10 ? "%.2f %s" : value < 100 ? "%.1f %s" : "%.0f %s", value, unit);
    }
}
