package tenon.server.command;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// What a process logs: one line per event on standard error, `2026-11-22T19:05:59.123Z WARN  raft: text`. The
/// libraries below us speak only of errors, for what they warn about shows in our own words.
public final class LogLines extends Handler {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
    private static final Logger ROOT = Logger.getLogger("");
    /// Held here because the log system forgets the level of a logger that nobody holds.
    private static final List<Logger> LIBRARIES = List.of(
            Logger.getLogger("io.grpc"), Logger.getLogger("io.netty"), Logger.getLogger("com.google.common"));

    private final PrintStream target;
    private final Formatter lines = new Lines();

    LogLines(PrintStream target) {
        this.target = target;
    }

    /// Sends everything that this process logs to the stream, from level INFO on.
    static void install(PrintStream target) {
        for (Handler handler : ROOT.getHandlers()) {
            ROOT.removeHandler(handler);
        }
        ROOT.addHandler(new LogLines(target));
        logFrom(Level.INFO);
    }

    /// Logs from this level on. At FINE and below, the libraries may speak as well.
    public static void logFrom(Level level) {
        ROOT.setLevel(level);
        boolean isDebug = level.intValue() <= Level.FINE.intValue();
        LIBRARIES.forEach(library -> library.setLevel(isDebug ? Level.INFO : Level.OFF));
    }

    /// A line as it would stand in the log, for when there is none any more.
    static String line(long wallMs, String source, String text) {
        return TIME.format(Instant.ofEpochMilli(wallMs)) + " INFO  " + source + ": " + text + "\n";
    }

    @Override
    public void publish(LogRecord record) {
        if (isLoggable(record)) {
            target.print(lines.format(record));
        }
    }

    @Override
    public void flush() {
        target.flush();
    }

    @Override
    public void close() {
        flush();
    }

    private static final class Lines extends Formatter {
        @Override
        public String format(LogRecord record) {
            var line = new StringBuilder(TIME.format(record.getInstant()));
            line.append(' ').append(levelOf(record)).append(' ').append(sourceOf(record)).append(": ");
            line.append(textOf(record));
            Throwable thrown = record.getThrown();
            if (thrown != null && isDebug()) {
                var trace = new StringWriter();
                thrown.printStackTrace(new PrintWriter(trace));
                line.append('\n').append(trace.toString().stripTrailing());
            } else if (thrown != null) {
                line.append(": ").append(thrown.getMessage() == null ? thrown.toString() : thrown.getMessage());
            }
            return line.append('\n').toString();
        }

        /// Numbers as they are, with no locale's grouping of their digits.
        private String textOf(LogRecord record) {
            Object[] parameters = record.getParameters();
            if (parameters != null) {
                record.setParameters(Arrays.stream(parameters).map(String::valueOf).toArray());
            }
            return formatMessage(record);
        }

        private static boolean isDebug() {
            return ROOT.getLevel().intValue() <= Level.FINE.intValue();
        }

        private static String levelOf(LogRecord record) {
            int level = record.getLevel().intValue();
            if (level >= Level.SEVERE.intValue()) {
                return "ERROR";
            }
            if (level >= Level.WARNING.intValue()) {
                return "WARN ";
            }
            return level >= Level.INFO.intValue() ? "INFO " : "DEBUG";
        }

        /// The part of Tenon that speaks: `btree`, `server.apply`.
        private static String sourceOf(LogRecord record) {
            String name = record.getLoggerName() == null ? "" : record.getLoggerName();
            String source = name.startsWith("tenon.") ? name.substring("tenon.".length()) : name;
            int classStart = source.lastIndexOf('.');
            boolean endsWithClass = classStart > 0 && Character.isUpperCase(source.charAt(classStart + 1));
            return endsWithClass ? source.substring(0, classStart) : source;
        }
    }
}
