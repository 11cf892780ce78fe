package tenon.server.command;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;

/// The commands below another one, by their words. Only those whose words are among the arguments are made, for making
/// all of them takes longer than a whole `put`.
///
/// @param byWord in the order of the help text
public record SubCommands(Map<String, Supplier<?>> byWord) {
    public void addTo(CommandLine parent, String... arguments) {
        List<String> given = Arrays.asList(arguments);
        List<String> wanted = byWord.keySet().stream().filter(given::contains).toList();
        boolean isHelp = wanted.isEmpty() || given.contains("help");
        for (String word : isHelp ? byWord.keySet() : wanted) {
            parent.addSubcommand(word, byWord.get(word).get());
        }
    }
}
