package tenon.bench.btree;

import java.util.List;

/// A row of a table on its way from the process that measured it: cells between tabs.
final class TableRow {
    private static final String FIRST_WORD = "row\t";

    private TableRow() {}

    static void print(List<String> cells) {
        System.out.println(FIRST_WORD + String.join("\t", cells));
    }

    static boolean isRow(String line) {
        return line.startsWith(FIRST_WORD);
    }

    static List<String> parse(String line) {
        return List.of(line.substring(FIRST_WORD.length()).split("\t", -1));
    }
}
