package tenon.bench.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tenon.bench.btree.peers.Peer;

class MeasurementsTest {
    @TempDir
    Path directory;

    private final Measurements measurements = new Measurements();

    private void add(Peer peer, long ns, long sum) {
        measurements.add(Work.SCAN, peer, new ResultLine(Work.SCAN.label, 1_000, ns, 0, 0, 0, sum, List.of()));
    }

    @Test
    void shouldTakeRatiosWithinARound() {
        // The second round met a machine at half its speed, the third one peer alone.
        long[] tenonNs = {100, 200, 100};
        long[] lmdbNs = {200, 400, 900};
        for (int i = 0; i < 3; i++) {
            add(Peer.TENON, tenonNs[i], 7);
            add(Peer.LMDB, lmdbNs[i], 7);
        }
        assertEquals(2.0, measurements.ratio(Work.SCAN, Peer.TENON, List.of(Peer.LMDB)).orElseThrow(), 1e-9);
    }

    @Test
    void shouldCompareWithTheFastestOfOthers() {
        add(Peer.TENON, 100, 7);
        add(Peer.LMDB, 200, 7);
        add(Peer.BBOLT, 50, 7);
        assertEquals(
                0.5, measurements.ratio(Work.SCAN, Peer.TENON, List.of(Peer.LMDB, Peer.BBOLT)).orElseThrow(), 1e-9);
        assertTrue(measurements.ratio(Work.SCAN, Peer.TENON, List.of(Peer.XODUS)).isEmpty());
    }

    @Test
    void shouldFindPeersThatReadSomethingElse() {
        add(Peer.TENON, 100, 7);
        add(Peer.LMDB, 200, 7);
        assertEquals(List.of(), measurements.differences());
        add(Peer.LMDB, 200, 8);
        assertEquals(1, measurements.differences().size());
    }

    @Test
    void shouldTakeRatiosOfRoundsThatBothHave() {
        add(Peer.TENON, 100, 7);
        add(Peer.LMDB, 200, 7);
        add(Peer.TENON, 100, 7);
        assertEquals(2.0, measurements.ratio(Work.SCAN, Peer.TENON, List.of(Peer.LMDB)).orElseThrow(), 1e-9);
        assertEquals(0.5, measurements.ratio(Work.SCAN, Peer.LMDB, List.of(Peer.TENON)).orElseThrow(), 1e-9);
    }

    @Test
    void shouldEndAPeerWhoseTimeIsOver() throws InterruptedException {
        PeerProcess process = new PeerProcess(new NativePeers(Path.of("none")), List.of(), 0, Duration.ofMillis(1));
        Rounds rounds = new Rounds(process, directory, 10);
        rounds.run(List.of(Work.LOAD_ASCENDING), List.of(Peer.TENON), 2);
        assertEquals(List.of(), rounds.failures());
        assertEquals(1, rounds.endings().size(), "it is not tried again");
        assertTrue(rounds.endings().getFirst().contains("load-ascending"), rounds.endings().getFirst());
    }

    @Test
    void shouldLeaveOutAPeerThatFailed() throws InterruptedException {
        PeerProcess process = new PeerProcess(new NativePeers(Path.of("none")), List.of("-XX:NoSuchOption"), 0, Duration.ofMinutes(30));
        Rounds rounds = new Rounds(process, directory, 10);
        rounds.run(List.of(Work.LOAD_ASCENDING), List.of(Peer.TENON), 2);
        assertEquals(1, rounds.failures().size(), "it is not tried again");
        assertEquals(List.of(), rounds.measurements().peers(Work.LOAD_ASCENDING));
    }
}
