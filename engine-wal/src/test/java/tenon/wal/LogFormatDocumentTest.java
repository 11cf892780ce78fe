package tenon.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tenon.wal.format.RecordLayout;
import tenon.wal.format.SegmentLayout;
import tenon.wal.format.SegmentName;

/// `docs/format/wal.md` says what the code does.
class LogFormatDocumentTest {
    private static final Path DOCUMENT = Path.of("../docs/format/wal.md");
    private static final Pattern CONSTANT = Pattern.compile("\\| `([A-Z_]+)` \\| (\\d+) \\|.*");
    private static final Pattern TYPE = Pattern.compile("\\| (\\d) \\| ([A-Z]+) \\|.*");
    private static final Pattern HEX_LINE = Pattern.compile("([0-9a-f]{4})  ((?:[0-9a-f]{2} {1,2})+) .*");

    private static Map<String, Long> constants(Class<?> layout) throws IllegalAccessException {
        Map<String, Long> constants = new TreeMap<>();
        for (Field field : layout.getDeclaredFields()) {
            if (Modifier.isPublic(field.getModifiers()) && !field.getName().equals("MAGIC")) {
                constants.put(field.getName(), ((Number) field.get(null)).longValue());
            }
        }
        return constants;
    }

    @Test
    void shouldHaveTablesThatEqualTheLayout() throws Exception {
        Map<String, Long> documented = new TreeMap<>();
        for (String line : Files.readAllLines(DOCUMENT)) {
            Matcher matcher = CONSTANT.matcher(line);
            if (matcher.matches()) {
                documented.put(matcher.group(1), Long.parseLong(matcher.group(2)));
            }
        }
        Map<String, Long> expected = constants(RecordLayout.class);
        expected.putAll(constants(SegmentLayout.class));
        assertEquals(expected, documented);
    }

    @Test
    void shouldListTheTypes() throws IOException {
        Map<String, Integer> documented = new TreeMap<>();
        for (String line : Files.readAllLines(DOCUMENT)) {
            Matcher matcher = TYPE.matcher(line);
            if (matcher.matches()) {
                documented.put(matcher.group(2), Integer.parseInt(matcher.group(1)));
            }
        }
        Map<String, Integer> expected = new TreeMap<>();
        for (RecordType type : RecordType.values()) {
            expected.put(type.name(), type.number());
            assertEquals(type, RecordType.findByNumber(type.number()));
        }
        assertEquals(expected, documented);
    }

    @Test
    void shouldShowTheSmallestLogAsItIs() throws IOException {
        LogWorld world = new LogWorld();
        world.create();
        byte[] written = world.disk.content(new SegmentName(1, 1).in(LogWorld.DIRECTORY));
        byte[] documented = new byte[written.length];
        int lineCount = 0;
        for (String line : Files.readAllLines(DOCUMENT)) {
            Matcher matcher = HEX_LINE.matcher(line);
            if (matcher.matches()) {
                byte[] bytes = HexFormat.of().parseHex(matcher.group(2).replace(" ", ""));
                System.arraycopy(bytes, 0, documented, Integer.parseInt(matcher.group(1), 16), bytes.length);
                lineCount++;
            }
        }
        assertTrue(lineCount > 0);
        assertEquals(HexFormat.of().formatHex(written), HexFormat.of().formatHex(documented));
    }
}
