package tenon.mvcc.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tenon.mvcc.KeyValue;

/// `docs/format/mvcc.md` says what the code does.
class MvccFormatDocumentTest {
    private static final Path DOCUMENT = Path.of("../docs/format/mvcc.md");
    private static final Pattern CONSTANT = Pattern.compile("\\| `([A-Z_]+)` \\| (`[a-z-]+`|0x[0-9a-f]+|\\d+) \\|.*");
    private static final Pattern EXAMPLE = Pattern.compile("(?:key|record)  +([0-9a-f ]+)");

    private static Map<String, String> constants(Class<?> layout) throws IllegalAccessException {
        Map<String, String> constants = new TreeMap<>();
        for (Field field : layout.getFields()) {
            if (Modifier.isStatic(field.getModifiers())) {
                constants.put(layout.getSimpleName() + "." + field.getName(), String.valueOf(field.get(null)));
            }
        }
        return constants;
    }

    @Test
    void shouldHaveTablesThatEqualTheLayouts() throws Exception {
        Map<String, String> documented = new TreeMap<>();
        String layout = "";
        for (String line : Files.readAllLines(DOCUMENT)) {
            Matcher matcher = CONSTANT.matcher(line);
            if (line.matches("\\| `[A-Za-z]+Layout` \\|.*")) {
                layout = line.split("`")[1];
            } else if (matcher.matches()) {
                String value = matcher.group(2);
                documented.put(
                        layout + "." + matcher.group(1),
                        value.startsWith("`") ? value.substring(1, value.length() - 1) : Long.decode(value).toString());
            }
        }
        Map<String, String> expected = constants(MetaLayout.class);
        expected.putAll(constants(RevisionLayout.class));
        expected.putAll(constants(KeyValueLayout.class));
        assertTrue(expected.size() > 20);
        assertEquals(expected, documented);
    }

    @Test
    void shouldShowRecordsAsTheyAre() throws IOException {
        List<String> documented = new ArrayList<>();
        for (String line : Files.readAllLines(DOCUMENT)) {
            Matcher matcher = EXAMPLE.matcher(line);
            if (matcher.matches()) {
                documented.add(matcher.group(1).replace(" ", ""));
            }
        }
        byte[] foo = MetaLayout.name("foo");
        KeyValue put = KeyValue.of(foo, MetaLayout.name("bar"), new KeyValue.Origin(2, 1), 2, 0);
        HexFormat hex = HexFormat.of();
        List<String> expected = List.of(
                hex.formatHex(RevisionLayout.encode(2, 0, false)),
                hex.formatHex(put.encoded()),
                hex.formatHex(RevisionLayout.encode(3, 0, true)),
                hex.formatHex(KeyValue.tombstone(foo, 3).encoded()));
        assertEquals(expected, documented);
    }
}
