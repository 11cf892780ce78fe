package tenon.server.command.ctl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import tenon.server.command.ArgumentBytes;

/// Expected values are what etcdctl 3.4.23 prints or takes.
class NotationTest {
    @Test
    void shouldQuoteAsGoDoes() {
        assertEquals("\"quoted \\\"v\\\" x\"", GoText.quote("quoted \"v\" x"));
        assertEquals("\"\\xff\\x01\\\"\\t<é>\"", GoText.quote(new byte[] {
            (byte) 0xff, 1, '"', '\t', '<', (byte) 0xc3, (byte) 0xa9, '>'
        }));
        assertEquals("\"\\a\\b\\f\\n\\r\\v\\\\'\"", GoText.quote("\u0007\b\f\n\r\u000b\\'"));
        assertEquals("\"\\u00ad\\u2028\"", GoText.quote("\u00ad\u2028"));
    }

    @Test
    void shouldTakeTheQuotesOff() {
        assertEquals("a\"b\\c\n", GoText.unquote("\"a\\\"b\\\\c\\n\""));
        assertEquals("éé\uD83D\uDE00A", GoText.unquote("\"\\xc3\\xa9\\u00e9\\U0001f600\\101\""));
        assertEquals((byte) 0xff, ArgumentBytes.encode(GoText.unquote("\"\\xff\""))[0]);
        for (String malformed : List.of("", "\"", "x", "\"\\\"", "\"\\q\"", "\"\\x1\"")) {
            assertThrows(IllegalArgumentException.class, () -> GoText.unquote(malformed), malformed);
        }
    }

    @Test
    void shouldReadDurations() {
        assertEquals(5_000_000_000L, Duration.parse("5s").ns());
        assertEquals(90_000_000_000L, Duration.parse("1m30s").ns());
        assertEquals(1_500_000L, Duration.parse("1.5ms").ns());
        assertEquals(0, Duration.parse("0").ns());
        for (String malformed : List.of("", "5", "s", "5 s", "1x", "-")) {
            assertThrows(IllegalArgumentException.class, () -> Duration.parse(malformed), malformed);
        }
    }

    @Test
    void shouldPrintDurations() {
        assertEquals("1.412731ms", new Duration(1_412_731).toString());
        assertEquals("5.002556715s", new Duration(5_002_556_715L).toString());
        assertEquals("1m30s", new Duration(90_000_000_000L).toString());
        assertEquals("25µs", new Duration(25_000).toString());
        assertEquals("0s", new Duration(0).toString());
    }

    @Test
    void shouldPrintSizes() {
        assertEquals("9 B", Sizes.bytes(9));
        assertEquals("999 B", Sizes.bytes(999));
        assertEquals("1.0 kB", Sizes.bytes(1000));
        assertEquals("20 kB", Sizes.bytes(20480));
        assertEquals("2.1 GB", Sizes.bytes(2147483648L));
    }

    @Test
    void shouldDrawTables() {
        var table = new TextTable(List.of("ENDPOINT", "HASH"), List.of(List.of("http://127.0.0.1:22379", "893361019")));
        assertEquals(
                """
                +------------------------+-----------+
                |        ENDPOINT        |   HASH    |
                +------------------------+-----------+
                | http://127.0.0.1:22379 | 893361019 |
                +------------------------+-----------+
                """,
                table.toString());
    }
}
