package tenon.bench.measure;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// What all runs have in common: rounds, and where the tables go.
public final class RunOptions {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:=,@%+-]+");

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(names = "--rounds", defaultValue = "3", description = "rounds, in each of which all peers take their turn;"
            + " default: ${DEFAULT-VALUE}")
    private int roundCount;

    @Option(names = "--markdown", description = "write the tables to this file too, as Markdown;"
            + " below the line <!-- measured -->, if it has one")
    private Path markdown;

    public int roundCount() {
        return roundCount;
    }

    /// Prints the tables with the command that was run, and writes them where they are wanted.
    public void publish(List<String> facts, List<String> warnings, List<Table> tables) throws IOException {
        String command = spec.root().commandLine().getParseResult().originalArgs().stream()
                .map(RunOptions::quoted)
                .collect(Collectors.joining(" ", "bin/tenon bench ", ""));
        new Document(command, facts, warnings, tables).publish(markdown);
    }

    /// As a shell takes it for one argument.
    private static String quoted(String argument) {
        return PLAIN.matcher(argument).matches() ? argument : "'" + argument.replace("'", "'\\''") + "'";
    }
}
