package tenon.bench.btree;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tenon.bench.btree.peers.Peer;
import tenon.bench.measure.Machine;

/// What must be known to read the tables of a run: where, who, how much.
final class Header {
    private Header() {}

    static List<String> facts(Path home, NativePeers programs, List<Peer> peers, long keyCount, int roundCount)
            throws IOException, InterruptedException {
        List<String> facts = new ArrayList<>();
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
        return facts;
    }
}
