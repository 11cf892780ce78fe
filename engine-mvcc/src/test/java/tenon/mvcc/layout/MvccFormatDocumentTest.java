package tenon.mvcc.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tenon.mvcc.KeyValue;
import tenon.testkit.FormatDocument;

/// `docs/format/mvcc.md` says what the code does.
class MvccFormatDocumentTest {
    private static final String DOCUMENT = "mvcc.md";
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
        Map<String, String> expected = constants(MetaLayout.class);
        expected.putAll(constants(RevisionLayout.class));
        expected.putAll(constants(KeyValueLayout.class));
        assertTrue(expected.size() > 20);
        assertEquals(expected, FormatDocument.read(DOCUMENT).constants());
    }

    @Test
    void shouldShowRecordsAsTheyAre() throws IOException {
        List<String> documented = new ArrayList<>();
        for (String line : FormatDocument.read(DOCUMENT).lines()) {
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
