package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tenon.api.WriteTx;
import tenon.testkit.SimulatedFileSystem;

/// `docs/format/btree.md` says what the code does.
class StoreFormatDocumentTest {
    private static final Path DOCUMENT = Path.of("../docs/format/btree.md");
    private static final Pattern CONSTANT = Pattern.compile("\\| `([A-Z_]+)` \\| (0x[0-9a-f]+|\\d+) \\|.*");
    private static final Pattern HEX_LINE = Pattern.compile("([0-9a-f]{4})  ((?:[0-9a-f]{2} {1,2})+) .*");
    /// How bytes are read, not where they are.
    private static final Set<String> NO_LAYOUT = Set.of("SHORT", "INT", "LONG", "BYTE");

    private static Map<String, Long> constants(Class<?> layout) throws IllegalAccessException {
        Map<String, Long> constants = new TreeMap<>();
        for (Field field : layout.getDeclaredFields()) {
            if (!field.isSynthetic() && !NO_LAYOUT.contains(field.getName())) {
                constants.put(layout.getSimpleName() + "." + field.getName(), ((Number) field.get(null)).longValue());
            }
        }
        return constants;
    }

    @Test
    void shouldHaveTablesThatEqualTheLayout() throws Exception {
        Map<String, Long> documented = new TreeMap<>();
        String layout = "";
        for (String line : Files.readAllLines(DOCUMENT)) {
            Matcher matcher = CONSTANT.matcher(line);
            if (line.matches("\\| `[A-Za-z]+Layout` \\|.*")) {
                layout = line.split("`")[1];
            } else if (matcher.matches()) {
                documented.put(layout + "." + matcher.group(1), Long.decode(matcher.group(2)));
            }
        }
        Map<String, Long> expected = constants(PageLayout.class);
        expected.putAll(constants(MetaLayout.class));
        assertEquals(expected, documented);
    }

    static byte[] smallestStore() {
        SimulatedFileSystem disk = new SimulatedFileSystem();
        disk.createDirectories(Workload.PATH.getParent());
        try (BTreeStore store = BTreeStore.open(Workload.platform(disk), Workload.PATH, Workload.OPTIONS);
                WriteTx tx = store.beginWrite()) {
            tx.createBucket("b".getBytes()).put("key".getBytes(), "value".getBytes());
            tx.commit();
        }
        return java.util.Arrays.copyOf(disk.content(Workload.PATH), 4 * 1024);
    }

    @Test
    void shouldShowTheSmallestStoreAsItIs() throws IOException {
        byte[] written = smallestStore();
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
        if (Boolean.getBoolean("tenon.rewrite")) {
            for (int i = 0; i < written.length; i += 16) {
                StringBuilder line = new StringBuilder(String.format("%04x  ", i));
                int sum = 0;
                for (int j = i; j < i + 16; j++) {
                    sum |= written[j];
                    line.append(String.format(j == i + 7 ? "%02x  " : "%02x ", written[j]));
                }
                if (sum != 0) {
                    System.out.println(line);
                }
            }
        }
        assertTrue(lineCount > 0);
        assertEquals(HexFormat.of().formatHex(written), HexFormat.of().formatHex(documented));
    }
}
