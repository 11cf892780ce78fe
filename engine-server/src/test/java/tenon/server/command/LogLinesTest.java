package tenon.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class LogLinesTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final LogLines lines = new LogLines(new PrintStream(out, true, StandardCharsets.UTF_8));

    @Test
    void shouldPrintOneLinePerEvent() {
        LogRecord record = new LogRecord(Level.WARNING, "{0} of {1}, {2}: it''s {3}");
        record.setInstant(Instant.ofEpochMilli(1_000_000_000_123L));
        record.setLoggerName("tenon.server.node.Recovery");
        record.setParameters(new Object[] {1_234_567, 98_765_432_101L, "x", null});
        record.setThrown(new IllegalStateException("full"));
        lines.publish(record);
        assertEquals(
                "2001-09-09T01:46:40.123Z WARN  server.node: 1234567 of 98765432101, x: it's null: full\n",
                out.toString(StandardCharsets.UTF_8));
    }
}
