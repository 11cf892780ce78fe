package tenon.bench.measure;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/// Gives each peer its turn at each setting, round after round. A peer that fails at a setting is left out of it from
/// then on, with what it had measured there: its rounds would not be those of the others.
public final class Turns {
    private final Map<Place, List<Outcome>> outcomes = new HashMap<>();
    private final Set<Place> failed = new HashSet<>();
    private final List<String> failures = new ArrayList<>();

    private record Place(String setting, String peer) {}

    /// Measures one peer at one setting.
    @FunctionalInterface
    public interface Turn {
        Outcome take(String setting, String peer) throws IOException, InterruptedException;
    }

    public void run(List<String> settings, List<String> peers, int roundCount, Turn turn) throws InterruptedException {
        for (int round = 1; round <= roundCount; round++) {
            for (String setting : settings) {
                for (String peer : peers) {
                    Place place = new Place(setting, peer);
                    if (!failed.contains(place)) {
                        Progress.tell("round %d of %d: %s: %s", round, roundCount, setting, peer);
                        take(place, turn);
                    }
                }
            }
        }
    }

    private void take(Place place, Turn turn) throws InterruptedException {
        try {
            Outcome outcome = turn.take(place.setting, place.peer);
            outcomes.computeIfAbsent(place, key -> new ArrayList<>()).add(outcome);
            Progress.tell("    %,.0f per second", outcome.perSecond());
        } catch (IOException e) {
            failed.add(place);
            outcomes.remove(place);
            failures.add(place.peer + " FAILED at " + place.setting + ": " + e.getMessage());
            Progress.tell("%s", failures.getLast());
        }
    }

    /// Those who failed, and why.
    public List<String> failures() {
        return failures;
    }

    public boolean has(String setting, String peer) {
        return outcomes.containsKey(new Place(setting, peer));
    }

    /// A figure of all rounds.
    public double[] samples(String setting, String peer, ToDoubleFunction<Outcome> figure) {
        return outcomes.getOrDefault(new Place(setting, peer), List.of()).stream().mapToDouble(figure).toArray();
    }

    public double median(String setting, String peer, String figure) {
        return Samples.median(samples(setting, peer, outcome -> outcome.get(figure)));
    }

    public double[] perSecond(String setting, String peer) {
        return samples(setting, peer, Outcome::perSecond);
    }

    /// How many times the speed of another.
    public double ratio(String setting, String peer, String other) {
        return Samples.ratio(perSecond(setting, peer), List.of(perSecond(setting, other)));
    }
}
