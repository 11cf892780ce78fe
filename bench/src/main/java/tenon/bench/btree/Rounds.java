package tenon.bench.btree;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tenon.bench.btree.peers.Peer;
import tenon.bench.measure.Progress;

/// Gives each peer its turn at each step, round after round. A peer that fails at a step is left out of that step from
/// then on, with what it had measured there: its rounds would not be those of the others. One whose time is over before
/// it is done has no further turn at that step, but what it had measured stays.
final class Rounds {
    private final PeerProcess process;
    private final Path home;
    private final long keyCount;
    private final Measurements measurements = new Measurements();
    private final List<String> failures = new ArrayList<>();
    private final List<String> endings = new ArrayList<>();
    private final Set<Turn> over = new HashSet<>();

    private record Turn(Step step, Peer peer) {}

    Rounds(PeerProcess process, Path home, long keyCount) {
        this.process = process;
        this.home = home;
        this.keyCount = keyCount;
    }

    void run(List<Work> works, List<Peer> peers, int roundCount) throws InterruptedException {
        for (int round = 1; round <= roundCount; round++) {
            for (Step step : Step.plan(works)) {
                for (Peer peer : peers) {
                    Turn turn = new Turn(step, peer);
                    if (step.suits(peer) && !over.contains(turn)) {
                        Progress.tell("round %d of %d: %s: %s", round, roundCount, step, peer.label());
                        take(turn);
                    }
                }
            }
        }
    }

    private void take(Turn turn) throws InterruptedException {
        try {
            turn.step().run(process, turn.peer(), home, keyCount, measurements);
        } catch (IOException e) {
            over.add(turn);
            turn.step().works().forEach(work -> measurements.remove(work, turn.peer()));
            failures.add(turn.peer().label() + " FAILED at " + turn.step() + ": " + e.getMessage());
            Progress.tell("%s", failures.getLast());
        } catch (TimeOverException e) {
            over.add(turn);
            endings.add(turn.peer().label() + " WAS ENDED, and had no further round of this: " + e.getMessage());
            Progress.tell("%s", endings.getLast());
        }
    }

    Measurements measurements() {
        return measurements;
    }

    /// Peers that ended with an error, in words.
    List<String> failures() {
        return failures;
    }

    /// Peers whose time was over, in words.
    List<String> endings() {
        return endings;
    }
}
