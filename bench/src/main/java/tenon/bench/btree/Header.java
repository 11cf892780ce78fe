package tenon.bench.btree;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tenon.bench.btree.peers.Peer;

/// What must be known to read the tables of a run: where, who, how much, and what was wrong.
final class Header {
    private final List<String> facts = new ArrayList<>();
    private final List<String> warnings;

    /// @param warnings who is missing, and what was wrong
    Header(
            Path home, NativePeers programs, List<Peer> peers, long keyCount, int roundCount, List<String> warnings)
            throws IOException, InterruptedException {
        facts.add(Machine.describe(home));
        List<String> versions = new ArrayList<>();
        for (Peer peer : peers) {
            String version = programs.built().contains(peer) ? programs.version(peer) : peer.library();
            versions.add(peer.label() + (version.isEmpty() ? "" : " (" + version + ")"));
        }
        facts.add("Peers: " + String.join(", ", versions) + ".");
        facts.add(String.format(
                Locale.ROOT, "%,d keys, %d %s: each peer in turn, in a fresh process each time.", keyCount, roundCount,
                roundCount == 1 ? "round" : "rounds"));
        this.warnings = List.copyOf(warnings);
    }

    String text(String command) {
        return command + "\n\n" + String.join("\n", facts) + "\n"
                + warnings.stream().map(warning -> "\n" + warning + "\n").reduce("", String::concat);
    }

    String markdown(String command) {
        return "    " + command + "\n\n" + String.join("\n", facts) + "\n"
                + warnings.stream().map(warning -> "\n**" + warning + "**\n").reduce("", String::concat) + "\n";
    }
}
