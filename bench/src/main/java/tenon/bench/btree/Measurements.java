package tenon.bench.btree;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import tenon.bench.btree.peers.Peer;
import tenon.bench.measure.Samples;

/// The results of all rounds. Within a round all peers have a result for each work that they ran.
final class Measurements {
    private final Map<Work, Map<Peer, List<ResultLine>>> results = new EnumMap<>(Work.class);

    void add(Work work, Peer peer, ResultLine result) {
        results.computeIfAbsent(work, key -> new EnumMap<>(Peer.class))
                .computeIfAbsent(peer, key -> new ArrayList<>())
                .add(result);
    }

    void remove(Work work, Peer peer) {
        Map<Peer, List<ResultLine>> byPeer = results.get(work);
        if (byPeer != null) {
            byPeer.remove(peer);
        }
    }

    List<Work> works() {
        return List.copyOf(results.keySet());
    }

    List<Peer> peers(Work work) {
        return List.copyOf(results.getOrDefault(work, Map.of()).keySet());
    }

    List<ResultLine> of(Work work, Peer peer) {
        return results.getOrDefault(work, Map.of()).getOrDefault(peer, List.of());
    }

    double median(Work work, Peer peer, ToDoubleFunction<ResultLine> of) {
        return Samples.median(of(work, peer).stream().mapToDouble(of).toArray());
    }

    double min(Work work, Peer peer, ToDoubleFunction<ResultLine> of) {
        return of(work, peer).stream().mapToDouble(of).min().orElseThrow();
    }

    double max(Work work, Peer peer, ToDoubleFunction<ResultLine> of) {
        return of(work, peer).stream().mapToDouble(of).max().orElseThrow();
    }

    /// How many times the speed of the fastest of others: the median of what it is in each round, since what else the
    /// machine does at that time slows down both. Empty if none of them was measured.
    OptionalDouble ratio(Work work, Peer peer, List<Peer> others) {
        List<ResultLine> own = of(work, peer);
        List<List<ResultLine>> measured =
                others.stream().map(other -> of(work, other)).filter(list -> !list.isEmpty()).toList();
        if (own.isEmpty() || measured.isEmpty()) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(Samples.ratio(speeds(own), measured.stream().map(Measurements::speeds).toList()));
    }

    private static double[] speeds(List<ResultLine> results) {
        return results.stream().mapToDouble(ResultLine::opsPerSecond).toArray();
    }

    /// The works after which not all peers had read, or did hold, the same.
    List<String> differences() {
        List<String> found = new ArrayList<>();
        results.forEach((work, byPeer) -> {
            TreeSet<String> sums = new TreeSet<>();
            byPeer.forEach((peer, list) -> list.stream()
                    .filter(result -> peer.kind() != Peer.Kind.PROBE)
                    .forEach(result -> sums.add(Long.toUnsignedString(result.sum()))));
            if (sums.size() > 1) {
                found.add(work.label + ": the peers differ in what they read or hold: " + byPeer);
            }
        });
        return found;
    }
}
