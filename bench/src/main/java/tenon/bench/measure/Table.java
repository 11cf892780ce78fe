package tenon.bench.measure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A table for a terminal or for Markdown.
public final class Table {
    private final String title;
    private final List<List<String>> rows = new ArrayList<>();

    public Table(String title, String... columns) {
        this.title = title;
        rows.add(Arrays.asList(columns));
    }

    public void add(String... cells) {
        rows.add(Arrays.asList(cells));
    }

    public boolean isEmpty() {
        return rows.size() == 1;
    }

    public String markdown() {
        StringBuilder text = new StringBuilder("## ").append(title).append("\n\n");
        for (int i = 0; i < rows.size(); i++) {
            text.append("| ").append(String.join(" | ", rows.get(i))).append(" |\n");
            if (i == 0) {
                text.append("|---".repeat(rows.get(0).size())).append("|\n");
            }
        }
        return text.toString();
    }

    /// In columns. The first cell of a row is left out where it is the one above.
    public String text() {
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder(title).append("\n\n");
        String above = "";
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String cell = i == 0 && row.get(0).equals(above) ? "" : row.get(i);
                boolean right = !cell.isEmpty() && Character.isDigit(cell.charAt(0));
                line.append(String.format("%" + (right ? "" : "-") + Math.max(1, widths[i]) + "s  ", cell));
            }
            above = row.get(0);
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.append('\n').toString();
    }
}
