package tenon.server.command.ctl;

import java.math.BigDecimal;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// A length of time in Go's notation: `1m30s`, `1.5ms`.
record Duration(long ns) {
    private static final Map<String, Long> UNITS_NS = Map.of(
            "ns", 1L,
            "us", 1_000L,
            "µs", 1_000L,
            "ms", 1_000_000L,
            "s", 1_000_000_000L,
            "m", 60_000_000_000L,
            "h", 3_600_000_000_000L);
    private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d*)?|\\.\\d+)(ns|us|µs|ms|s|m|h)");
    private static final Pattern WHOLE = Pattern.compile("(?:" + PART.pattern() + ")+");

    static Duration ofSeconds(long seconds) {
        return new Duration(seconds * UNITS_NS.get("s"));
    }

    /// @throws IllegalArgumentException if the text is not a duration
    static Duration parse(String text) {
        if (text.equals("0")) {
            return new Duration(0);
        }
        if (!WHOLE.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "invalid duration \"" + text + "\": give a number with a unit, such as 5s or 300ms");
        }
        Matcher parts = PART.matcher(text);
        BigDecimal sumNs = BigDecimal.ZERO;
        while (parts.find()) {
            sumNs = sumNs.add(new BigDecimal(parts.group(1)).multiply(BigDecimal.valueOf(UNITS_NS.get(parts.group(2)))));
        }
        return new Duration(sumNs.longValue());
    }

    /// As Go prints it: the largest unit below the value, nothing rounded.
    @Override
    public String toString() {
        if (ns < 1_000) {
            return ns == 0 ? "0s" : ns + "ns";
        }
        if (ns < 1_000_000) {
            return decimal(ns, 1_000) + "µs";
        }
        if (ns < 1_000_000_000) {
            return decimal(ns, 1_000_000) + "ms";
        }
        long minutes = ns / UNITS_NS.get("m");
        String seconds = decimal(ns % UNITS_NS.get("m"), 1_000_000_000) + "s";
        if (minutes == 0) {
            return seconds;
        }
        return minutes < 60 ? minutes + "m" + seconds : minutes / 60 + "h" + minutes % 60 + "m" + seconds;
    }

    private static String decimal(long value, long unit) {
        return BigDecimal.valueOf(value).divide(BigDecimal.valueOf(unit)).stripTrailingZeros().toPlainString();
    }

    static final class Converter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            try {
                return parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
