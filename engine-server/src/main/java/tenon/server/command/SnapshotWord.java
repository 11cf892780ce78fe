package tenon.server.command;

import java.util.Arrays;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/// The word `snapshot` among the other commands, for their help: it is short for `ctl snapshot`.
@Command(
        name = SnapshotWord.WORD,
        description = "Short for ctl snapshot.")
final class SnapshotWord extends Group {
    static final String WORD = "snapshot";

    /// The arguments with the command spelled out.
    static String[] spelledOut(String... arguments) {
        boolean isShort = arguments.length > 0 && arguments[0].equals(WORD);
        return isShort ? Stream.concat(Stream.of("ctl"), Arrays.stream(arguments)).toArray(String[]::new) : arguments;
    }
}
