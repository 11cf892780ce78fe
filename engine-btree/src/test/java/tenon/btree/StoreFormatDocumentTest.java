package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.reflect.Field;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tenon.api.WriteTx;
import tenon.testkit.FormatDocument;
import tenon.testkit.SimulatedFileSystem;

/// `docs/format/btree.md` says what the code does.
class StoreFormatDocumentTest {
    private static final String DOCUMENT = "btree.md";
    /// How bytes are read, not where they are.
    private static final Set<String> NO_LAYOUT = Set.of("SHORT", "INT", "LONG", "BYTE");

    private static Map<String, String> constants(Class<?> layout) throws IllegalAccessException {
        Map<String, String> constants = new TreeMap<>();
        for (Field field : layout.getDeclaredFields()) {
            if (!field.isSynthetic() && !NO_LAYOUT.contains(field.getName())) {
                long value = ((Number) field.get(null)).longValue();
                constants.put(layout.getSimpleName() + "." + field.getName(), Long.toString(value));
            }
        }
        return constants;
    }

    @Test
    void shouldHaveTablesThatEqualTheLayout() throws Exception {
        Map<String, String> expected = constants(PageLayout.class);
        expected.putAll(constants(MetaLayout.class));
        expected.putAll(constants(FreelistLayout.class));
        assertEquals(expected, FormatDocument.read(DOCUMENT).constants());
    }

    static byte[] smallestStore() {
        SimulatedFileSystem disk = Workload.newDisk();
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
        byte[] documented = FormatDocument.read(DOCUMENT).bytes(written.length);
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
        assertEquals(HexFormat.of().formatHex(written), HexFormat.of().formatHex(documented));
    }
}
