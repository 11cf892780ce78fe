package tenon.bench.measure;

import java.util.Arrays;
import java.util.Locale;

/// How figures are written.
public final class Figures {
    private Figures() {}

    public static String number(double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }

    /// Nanoseconds in other units.
    public static String micros(double ns) {
        return number(ns / 1e3);
    }

    public static String millis(double ns) {
        return number(ns / 1e6);
    }

    public static String tenth(double value) {
        return String.format(Locale.ROOT, "%,.1f", value);
    }

    /// The smallest and the largest.
    public static String range(double... values) {
        return number(Arrays.stream(values).min().orElseThrow()) + " .. "
                + number(Arrays.stream(values).max().orElseThrow());
    }

    public static String factor(double value) {
        return String.format(Locale.ROOT, "%.2f x", value);
    }

    public static String verdict(boolean reached) {
        return reached ? "reached" : "MISSED";
    }
}
