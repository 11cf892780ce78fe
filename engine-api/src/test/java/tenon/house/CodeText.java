package tenon.house;

/// Java source reduced to what the compiler acts on. Line breaks stay where they are.
final class CodeText {
    private CodeText() {}

    static String withoutCommentsAndLiterals(String source) {
        StringBuilder code = new StringBuilder(source.length());
        int index = 0;
        while (index < source.length()) {
            int end = endOfSkipped(source, index);
            if (end == index) {
                code.append(source.charAt(index++));
                continue;
            }
            for (; index < end; index++) {
                code.append(source.charAt(index) == '\n' ? '\n' : ' ');
            }
        }
        return code.toString();
    }

    /// Where the comment or literal that begins at the index ends; the index itself if none begins there.
    private static int endOfSkipped(String source, int index) {
        if (source.startsWith("//", index)) {
            return orEnd(source, source.indexOf('\n', index), 0);
        }
        if (source.startsWith("/*", index)) {
            return orEnd(source, source.indexOf("*/", index + 2), 2);
        }
        if (source.startsWith("\"\"\"", index)) {
            return orEnd(source, source.indexOf("\"\"\"", index + 3), 3);
        }
        char first = source.charAt(index);
        return first == '"' || first == '\'' ? endOfLiteral(source, index, first) : index;
    }

    private static int endOfLiteral(String source, int index, char quote) {
        int end = index + 1;
        while (end < source.length() && source.charAt(end) != quote) {
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        return Math.min(end + 1, source.length());
    }

    private static int orEnd(String source, int found, int lengthOfEnd) {
        return found < 0 ? source.length() : found + lengthOfEnd;
    }
}
