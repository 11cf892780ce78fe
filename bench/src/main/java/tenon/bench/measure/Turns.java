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

        /// What there is to say of it at once.
        default String tell(Outcome outcome) {
            return Figures.number(outcome.perSecond()) + " per second";
        }
    }

    public void run(List<String> settings, List<String> peers, int roundCount, Turn turn) throws InterruptedException {
        for (int round = 1; round <= roundCount; round++) {
            runRound("round " + round + " of " + roundCount, settings, peers, turn);
        }
    }

    /// One round, or a part of one.
    ///
    /// @param round as it is told
    public void runRound(String round, List<String> settings, List<String> peers, Turn turn)
            throws InterruptedException {
        for (String setting : settings) {
            for (String peer : peers) {
                if (isIn(setting, peer)) {
                    Progress.tell("%s: %s: %s", round, setting, peer);
                    take(new Place(setting, peer), turn);
                }
            }
        }
    }

    private void take(Place place, Turn turn) throws InterruptedException {
        try {
            Outcome outcome = turn.take(place.setting, place.peer);
            outcomes.computeIfAbsent(place, key -> new ArrayList<>()).add(outcome);
            Progress.tell("    %s", turn.tell(outcome));
        } catch (IOException e) {
            leaveOut(List.of(place.setting), place.peer, place.peer + " FAILED at " + place.setting + ": " + e.getMessage());
        }
    }

    /// Leaves a peer out of settings from now on, with what it had measured there.
    ///
    /// @param failure why, as it is told
    public void leaveOut(List<String> settings, String peer, String failure) {
        for (String setting : settings) {
            Place place = new Place(setting, peer);
            failed.add(place);
            outcomes.remove(place);
        }
        failures.add(failure);
        Progress.tell("%s", failure);
    }

    /// Those who failed, and why.
    public List<String> failures() {
        return failures;
    }

    /// Whether a peer may still have its turn at a setting.
    public boolean isIn(String setting, String peer) {
        return !failed.contains(new Place(setting, peer));
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
