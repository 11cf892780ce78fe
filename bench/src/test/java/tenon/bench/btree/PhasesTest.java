package tenon.bench.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tenon.bench.btree.peers.Peer;
import tenon.bench.measure.Programs;
import tenon.bench.measure.StoreDirectory;

/// All peers do the same work: they read the same, and hold the same after writing.
class PhasesTest {
    private static final long KEY_COUNT = 1_200;
    private static final List<Work> WORKS = Step.plan(List.of(Work.values())).stream()
            .flatMap(step -> step.works().stream())
            .toList();
    /// The hash of no element at all.
    private static final long EMPTY = 0xcbf29ce484222325L;

    /// What Tenon made of the works.
    private static List<ResultLine> expected;

    @TempDir
    Path directory;

    @BeforeAll
    static void runTenon(@TempDir Path directory) {
        expected = run(Peer.TENON, directory);
    }

    static Stream<Peer> javaPeers() {
        return Stream.of(Peer.values()).filter(peer -> peer.kind() == Peer.Kind.JAVA);
    }

    static Stream<Peer> programs() {
        return Stream.of(Peer.values()).filter(peer -> peer.kind() == Peer.Kind.PROGRAM);
    }

    @ParameterizedTest
    @MethodSource("javaPeers")
    void shouldReadAndHoldWhatWasWritten(Peer peer) {
        Map<Work, Long> sums = sums(run(peer, directory));
        assertEquals(sums.get(Work.LOAD_ASCENDING), sums.get(Work.LOAD_ASCENDING_PUT));
        assertEquals(sums.get(Work.PUT_RANDOM), sums.get(Work.PUT_RANDOM_SYNC));
        assertEquals(sums.get(Work.SCAN), sums.get(Work.SCAN_REVERSE));
        assertEquals(sums.get(Work.GET_RANDOM), sums.get(Work.GET_RANDOM_TX));
        assertEquals(EMPTY, sums.get(Work.DELETE_RANDOM));
        for (Work work : List.of(Work.LOAD_REVISIONS, Work.LOAD_ASCENDING, Work.PUT_RANDOM, Work.CHURN)) {
            assertNotEquals(EMPTY, sums.get(work), work.label);
        }
        assertEquals(sums(expected), sums);
    }

    @ParameterizedTest
    @MethodSource("programs")
    void shouldDoTheSameInAnotherLanguage(Peer peer) throws IOException, InterruptedException {
        NativePeers programs = new NativePeers(directory.resolve("programs"));
        try {
            programs.build(peer);
        } catch (Programs.MissingException e) {
            Assumptions.abort(e.getMessage());
        }
        assertNotEquals("", programs.version(peer));
        Path home = directory.resolve(peer.label());
        new StoreDirectory(home).wipe();
        List<ResultLine> results = new PeerProcess(programs, List.of(), 0, Duration.ofMinutes(30)).run(peer, home, KEY_COUNT, WORKS);
        assertEquals(sums(expected), sums(results));
        List<Long> ops = expected.stream().map(ResultLine::ops).toList();
        assertEquals(ops, results.stream().map(ResultLine::ops).toList());
    }

    @Test
    void shouldMeasureTheDiskAlone() {
        ResultLine result = new DiskProbe(directory.resolve("disk")).run(10);
        assertEquals(10, result.ops());
        assertTrue(result.ns() > 0);
    }

    private static List<ResultLine> run(Peer peer, Path directory) {
        Phases phases = new Phases(peer, directory.resolve("java"), KEY_COUNT);
        List<ResultLine> results = WORKS.stream().map(phases::run).toList();
        results.forEach(result -> assertEquals(result, ResultLine.parse(result.toString())));
        return results;
    }

    private static Map<Work, Long> sums(List<ResultLine> results) {
        Map<Work, Long> sums = new EnumMap<>(Work.class);
        results.forEach(result -> sums.put(Work.of(result.work()), result.sum()));
        return sums;
    }
}
