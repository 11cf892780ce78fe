package tenon.testkit;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// A program that a document prints: taken out of it, compiled and run in a process of its own.
///
/// @param name of its class
public record PrintedProgram(String name, String source) {
    /// The block of a document whose first line is three backticks and these words.
    public static String block(Path document, String words) throws IOException {
        String text = Files.readString(document);
        String begin = "```" + words + "\n";
        int from = text.indexOf(begin);
        if (from < 0) {
            throw new AssertionError(document + " has no block " + words);
        }
        return text.substring(from + begin.length(), text.indexOf("```", from + begin.length()));
    }

    /// Runs the program on the class path of the modules of these classes, and on nothing else.
    ///
    /// @param directory where the source is put
    /// @return what it prints
    public String run(Path directory, List<Class<?>> modules, String... arguments)
            throws IOException, InterruptedException {
        Path file = Files.writeString(directory.resolve(name + ".java"), source);
        String classPath = modules.stream().map(PrintedProgram::location).collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                file.toString()));
        command.addAll(Arrays.asList(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new AssertionError(name + " failed: " + output);
        }
        return output;
    }

    private static String location(Class<?> type) {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath()).toString();
    }
}
