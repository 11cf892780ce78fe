package tenon.server.command.ctl;

import java.util.List;

/// A table drawn with `+`, `-` and `|`: headings in the middle, cells to the right.
///
/// @param headings one per column
/// @param rows each as long as the headings
public record TextTable(List<String> headings, List<List<String>> rows) {
    @Override
    public String toString() {
        int[] widths = new int[headings.size()];
        for (int column = 0; column < widths.length; column++) {
            widths[column] = width(headings.get(column));
            for (List<String> row : rows) {
                widths[column] = Math.max(widths[column], width(row.get(column)));
            }
        }
        var text = new StringBuilder();
        appendRule(text, widths);
        for (int column = 0; column < widths.length; column++) {
            String heading = headings.get(column);
            int gap = widths[column] - width(heading);
            appendCell(text, gap / 2, heading, gap - gap / 2);
        }
        text.append("|\n");
        appendRule(text, widths);
        for (List<String> row : rows) {
            for (int column = 0; column < widths.length; column++) {
                appendCell(text, widths[column] - width(row.get(column)), row.get(column), 0);
            }
            text.append("|\n");
        }
        if (!rows.isEmpty()) {
            appendRule(text, widths);
        }
        return text.toString();
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }

    private static void appendRule(StringBuilder text, int[] widths) {
        for (int width : widths) {
            text.append('+').repeat("-", width + 2);
        }
        text.append("+\n");
    }

    private static void appendCell(StringBuilder text, int left, String cell, int right) {
        text.append("| ").repeat(" ", left).append(cell).repeat(" ", right + 1);
    }
}
