package tenon.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A document of `docs/format`, as tests compare it with the code. A table of constants has the name of a layout class
/// in its head, and in each row a name and a value in its first columns.
public final class FormatDocument {
    private static final Path DIRECTORY = Path.of("../docs/format");
    private static final Pattern HEAD = Pattern.compile("\\| `([A-Za-z]+Layout)` \\|.*");
    private static final Pattern CONSTANT = Pattern.compile("\\| `([A-Z_]+)` \\| (`[a-z-]+`|0x[0-9a-f]+|\\d+) \\|.*");
    private static final Pattern HEX_LINE = Pattern.compile("([0-9a-f]{4})  ((?:[0-9a-f]{2} {1,2})+) .*");

    private final List<String> lines;

    private FormatDocument(List<String> lines) {
        this.lines = lines;
    }

    /// @param fileName such as `btree.md`
    public static FormatDocument read(String fileName) throws IOException {
        return new FormatDocument(Files.readAllLines(DIRECTORY.resolve(fileName)));
    }

    public List<String> lines() {
        return lines;
    }

    /// From `Layout.NAME` to the value: numbers in decimal, texts without their marks.
    public Map<String, String> constants() {
        Map<String, String> constants = new TreeMap<>();
        String layout = "";
        for (String line : lines) {
            Matcher head = HEAD.matcher(line);
            Matcher constant = CONSTANT.matcher(line);
            if (head.matches()) {
                layout = head.group(1);
            } else if (constant.matches()) {
                String value = constant.group(2).replace("`", "");
                boolean isNumber = Character.isDigit(value.charAt(0));
                constants.put(
                        layout + "." + constant.group(1), isNumber ? Long.decode(value).toString() : value);
            }
        }
        return constants;
    }

    /// The file whose bytes are shown, each line behind its position; what is not shown is zero.
    ///
    /// @throws IllegalStateException if none are shown
    public byte[] bytes(int sizeBytes) {
        byte[] bytes = new byte[sizeBytes];
        int lineCount = 0;
        for (String line : lines) {
            Matcher matcher = HEX_LINE.matcher(line);
            if (matcher.matches()) {
                byte[] shown = HexFormat.of().parseHex(matcher.group(2).replace(" ", ""));
                System.arraycopy(shown, 0, bytes, Integer.parseInt(matcher.group(1), 16), shown.length);
                lineCount++;
            }
        }
        if (lineCount == 0) {
            throw new IllegalStateException("the document shows no bytes");
        }
        return bytes;
    }
}
