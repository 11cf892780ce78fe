package tenon.bench.measure;

import java.util.Locale;
import picocli.CommandLine.Option;

/// How long a peer is measured in its turn.
public final class TurnOptions {
    @Option(names = "--seconds", defaultValue = "2.5", description = "how long a turn is; default: ${DEFAULT-VALUE}")
    private double seconds;

    @Option(names = "--warm-up-seconds", defaultValue = "2", description = "the same before it is measured; default:"
            + " ${DEFAULT-VALUE}")
    private double warmUpSeconds;

    /// Warm-up and turn, as the processes of the measured take them.
    public String[] arguments() {
        return new String[] {Double.toString(warmUpSeconds), Double.toString(seconds)};
    }

    public String describe(int roundCount) {
        return String.format(
                Locale.ROOT, "%d %s of %s s: each peer in turn, in a fresh process each time.", roundCount,
                roundCount == 1 ? "round" : "rounds", seconds);
    }
}
