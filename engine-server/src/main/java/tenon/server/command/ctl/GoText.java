package tenon.server.command.ctl;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import tenon.server.command.ArgumentBytes;

/// Text in Go's double quotes.
final class GoText {
    private static final String ESCAPED = "\u0007\b\f\n\r\t\u000b\\\"'";
    private static final String LETTERS = "abfnrtv\\\"'";

    private GoText() {}

    static String quote(String text) {
        return quote(text.getBytes(StandardCharsets.UTF_8));
    }

    /// Quotes bytes; what is not printable text is escaped.
    static String quote(byte[] bytes) {
        var result = new StringBuilder("\"");
        ArgumentBytes.decode(bytes).codePoints().forEach(c -> {
            int letter = c == '\'' ? -1 : ESCAPED.indexOf(c);
            if (letter >= 0) {
                result.append('\\').append(LETTERS.charAt(letter));
            } else if (isPrintable(c)) {
                result.appendCodePoint(c);
            } else if (c < 0x80 || Character.getType(c) == Character.SURROGATE) {
                result.append(String.format("\\x%02x", c & 0xff));
            } else {
                result.append(String.format(c > 0xffff ? "\\U%08x" : "\\u%04x", c));
            }
        });
        return result.append('"').toString();
    }

    private static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> c == ' ';
            default -> true;
        };
    }

    /// Takes the quotes off, and the escapes. The result keeps bytes that are not text as [ArgumentBytes] does.
    ///
    /// @param quoted begins and ends with a double quote
    /// @throws IllegalArgumentException if it is not well formed
    static String unquote(String quoted) {
        int end = quoted.length() - 1;
        if (end < 1 || quoted.charAt(0) != '"' || quoted.charAt(end) != '"') {
            throw new IllegalArgumentException("not in double quotes: " + quoted);
        }
        var bytes = new ByteArrayOutputStream();
        int at = 1;
        while (at < end) {
            int c = quoted.codePointAt(at);
            if (c != '\\') {
                int next = at + Character.charCount(c);
                bytes.writeBytes(ArgumentBytes.encode(quoted.substring(at, next)));
                at = next;
                continue;
            }
            if (at + 1 >= end) {
                throw new IllegalArgumentException("nothing follows the backslash: " + quoted);
            }
            at = unescape(quoted, at + 1, end, bytes);
        }
        return ArgumentBytes.decode(bytes.toByteArray());
    }

    /// @return where the escape ends
    private static int unescape(String quoted, int at, int end, ByteArrayOutputStream bytes) {
        char kind = quoted.charAt(at);
        int letter = LETTERS.indexOf(kind);
        if (letter >= 0) {
            bytes.write(ESCAPED.charAt(letter));
            return at + 1;
        }
        int digits = switch (kind) {
            case 'x' -> 2;
            case 'u' -> 4;
            case 'U' -> 8;
            default -> kind >= '0' && kind <= '7' ? 3 : 0;
        };
        int start = kind >= '0' && kind <= '7' ? at : at + 1;
        if (digits == 0 || start + digits > end) {
            throw new IllegalArgumentException("unknown escape \\" + kind + " in " + quoted);
        }
        int code = Integer.parseInt(quoted.substring(start, start + digits), start == at ? 8 : 16);
        if (digits == 2 || digits == 3) {
            bytes.write(code);
        } else {
            bytes.writeBytes(Character.toString(code).getBytes(StandardCharsets.UTF_8));
        }
        return start + digits;
    }
}
