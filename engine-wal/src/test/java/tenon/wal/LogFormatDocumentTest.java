package tenon.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tenon.testkit.FormatDocument;
import tenon.wal.format.RecordLayout;
import tenon.wal.format.SectorLayout;
import tenon.wal.format.SegmentLayout;
import tenon.wal.format.SegmentName;

/// `docs/format/wal.md` says what the code does.
class LogFormatDocumentTest {
    private static final String DOCUMENT = "wal.md";
    private static final Pattern TYPE = Pattern.compile("\\| (\\d) \\| ([A-Z]+) \\|.*");

    private static Map<String, String> constants(Class<?> layout) throws IllegalAccessException {
        Map<String, String> constants = new TreeMap<>();
        for (Field field : layout.getDeclaredFields()) {
            if (Modifier.isPublic(field.getModifiers()) && !field.getName().equals("MAGIC")) {
                constants.put(layout.getSimpleName() + "." + field.getName(), String.valueOf(field.get(null)));
            }
        }
        return constants;
    }

    @Test
    void shouldHaveTablesThatEqualTheLayout() throws Exception {
        Map<String, String> expected = constants(RecordLayout.class);
        expected.putAll(constants(SectorLayout.class));
        expected.putAll(constants(SegmentLayout.class));
        assertEquals(expected, FormatDocument.read(DOCUMENT).constants());
    }

    @Test
    void shouldListTheTypes() throws IOException {
        Map<String, Integer> documented = new TreeMap<>();
        for (String line : FormatDocument.read(DOCUMENT).lines()) {
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
        byte[] documented = FormatDocument.read(DOCUMENT).bytes(written.length);
        assertEquals(HexFormat.of().formatHex(written), HexFormat.of().formatHex(documented));
    }
}
