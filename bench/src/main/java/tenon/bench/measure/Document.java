package tenon.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/// The tables of a run, and what must be known to read them.
///
/// @param command that was run
/// @param facts where, who, how much
/// @param warnings who is missing, and what was wrong
public record Document(String command, List<String> facts, List<String> warnings, List<Table> tables) {
    /// What is below it in a file of Markdown is replaced.
    private static final String MARK = "<!-- measured -->\n\n";

    /// Prints it, and writes it to a file too if there is one to write to.
    ///
    /// @param markdown null for none; what stands above its mark stays
    public void publish(Path markdown) throws IOException {
        System.out.println(text());
        if (markdown != null) {
            Files.writeString(markdown, aboveMark(markdown) + markdown());
        }
    }

    private String text() {
        return command + "\n\n" + String.join("\n", facts) + "\n"
                + warnings.stream().map(warning -> "\n" + warning + "\n").collect(Collectors.joining())
                + "\n" + tables.stream().map(Table::text).collect(Collectors.joining());
    }

    private String markdown() {
        return "    " + command + "\n\n" + String.join("\n", facts) + "\n"
                + warnings.stream().map(warning -> "\n**" + warning + "**\n").collect(Collectors.joining())
                + "\n" + tables.stream().map(Table::markdown).collect(Collectors.joining("\n"));
    }

    private static String aboveMark(Path markdown) throws IOException {
        String before = Files.exists(markdown) ? Files.readString(markdown) : "";
        int mark = before.indexOf(MARK);
        return mark < 0 ? "" : before.substring(0, mark) + MARK;
    }
}
