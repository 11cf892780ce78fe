package tenon.bench.btree;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tenon.bench.btree.peers.Peer;
import tenon.bench.measure.Progress;
import tenon.bench.measure.StoreDirectory;

/// Works that run in one process, one after the other, because one needs the store that another left.
///
/// @param works what is run
/// @param wanted those of them that were asked for
record Step(List<Work> works, List<Work> wanted) {
    /// In the order in which they run, in each round.
    static List<Step> plan(List<Work> wanted) {
        List<Step> steps = new ArrayList<>();
        List<Work> onRandomStore = wanted.stream().filter(Work::needsRandomStore).toList();
        for (Work work : wanted) {
            if (work != Work.PUT_RANDOM && !work.needsRandomStore()) {
                steps.add(new Step(List.of(work), List.of(work)));
            }
        }
        if (!onRandomStore.isEmpty() || wanted.contains(Work.PUT_RANDOM)) {
            List<Work> works = new ArrayList<>(List.of(Work.PUT_RANDOM));
            works.addAll(onRandomStore);
            steps.add(new Step(works, wanted));
        }
        return steps;
    }

    /// Whether there is something in it that this peer can do.
    boolean suits(Peer peer) {
        return peer.kind() != Peer.Kind.PROBE || works.contains(Work.PUT_ONE_SYNC);
    }

    /// @throws TimeOverException if the peer was ended before it was done; what it had done is measured
    void run(PeerProcess process, Peer peer, Path home, long keyCount, Measurements measurements)
            throws IOException, InterruptedException, TimeOverException {
        StoreDirectory directory = new StoreDirectory(home.resolve(peer.label()));
        directory.wipe();
        try {
            List<ResultLine> results = process.run(peer, directory.path(), keyCount, works);
            for (int i = 0; i < results.size(); i++) {
                if (wanted.contains(works.get(i))) {
                    measurements.add(works.get(i), peer, results.get(i));
                    Progress.tell("    %s: %,.0f per second", works.get(i).label, results.get(i).opsPerSecond());
                }
            }
            if (results.size() < works.size()) {
                throw new TimeOverException(works.get(results.size()), process.limit());
            }
        } finally {
            directory.delete();
        }
    }

    @Override
    public String toString() {
        return works.stream().map(work -> work.label).collect(Collectors.joining(", "));
    }
}
