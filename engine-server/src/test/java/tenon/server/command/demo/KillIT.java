package tenon.server.command.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tenon.api.Platform;
import tenon.server.command.demo.WriteLedger.Proof;
import tenon.testkit.Seeds;

/// SIGKILL at any moment: what was acknowledged is there afterwards, once.
///
/// `-Dtenon.kill.rounds=1000` makes a campaign of it; `-Dtenon.kill.program=etcd` runs it on another server that takes
/// the same flags, to test the test.
class KillIT {
    private static final int ROUND_COUNT = Integer.getInteger("tenon.kill.rounds", 20);
    private static final int CLIENT_COUNT = 8;
    private static final int BURST_MS_MAX = 700;

    private final Platform platform = Platform.system();

    @TempDir
    Path directory;

    @Test
    void shouldKeepEveryAcknowledgedWriteOnceThroughKills() throws InterruptedException {
        RandomGenerator random = Seeds.random(getClass());
        var ledger = new WriteLedger();
        for (int round = 0; round < ROUND_COUNT; round++) {
            try (NodeProcess node = start(random)) {
                node.awaitAnswer();
                assertHolds(prove(node, ledger), round);
                try (var burst = new Burst(node, ledger, "round " + round, CLIENT_COUNT, platform.threads())) {
                    awaitMoment(burst, random);
                    node.kill();
                }
            }
        }
        try (NodeProcess node = start(random)) {
            node.awaitAnswer();
            Proof proof = prove(node, ledger);
            assertHolds(proof, ROUND_COUNT);
            assertTrue(proof.writeCount() > ROUND_COUNT, "too few writes to prove anything: " + proof);
            System.out.println(ROUND_COUNT + " kills, " + proof.writeCount() + " writes, " + proof.unknownCount()
                    + " of them never acknowledged");
        }
    }

    @Test
    void shouldEndCleanlyWhenAsked() {
        RandomGenerator random = Seeds.random(getClass());
        var ledger = new WriteLedger();
        for (int round = 0; round < 2; round++) {
            try (NodeProcess node = start(random)) {
                node.awaitAnswer();
                assertHolds(prove(node, ledger), round);
                try (var burst = new Burst(node, ledger, "round " + round, CLIENT_COUNT, platform.threads())) {
                    while (burst.acknowledgedCount() < 100) {
                        Thread.onSpinWait();
                    }
                    assertEquals(0, node.stop());
                }
            }
        }
        try (NodeProcess node = start(random)) {
            node.awaitAnswer();
            assertHolds(prove(node, ledger), 2);
        }
    }

    /// A number of writes, to hit the start of the log as well, or some time, to hit what happens by the clock.
    private static void awaitMoment(Burst burst, RandomGenerator random) throws InterruptedException {
        long countMax = random.nextBoolean() ? random.nextLong(200) : Long.MAX_VALUE;
        int ms = random.nextInt(BURST_MS_MAX);
        for (int waitedMs = 0; waitedMs < ms && burst.acknowledgedCount() < countMax; waitedMs++) {
            Thread.sleep(1);
        }
    }

    /// Different rhythms of commits and snapshots put the kill into different places.
    private NodeProcess start(RandomGenerator random) {
        var program = new ArrayList<>(ServerProgram.words("tenon.kill.program"));
        program.add("--backend-batch-interval=" + List.of("5ms", "30ms", "100ms").get(random.nextInt(3)));
        program.add("--snapshot-count=" + List.of("100", "1000", "100000").get(random.nextInt(3)));
        return NodeProcess.start(program, directory.resolve("data"), directory.resolve("log"), platform.clock());
    }

    private static Proof prove(NodeProcess node, WriteLedger ledger) {
        try (var connection = node.connect()) {
            return ledger.prove(connection);
        }
    }

    private void assertHolds(Proof proof, int round) {
        assertTrue(proof.holds(), () -> "after " + round + " kills:\n" + String.join("\n", proof.problems()) + "\n" + log());
    }

    private String log() {
        try {
            return Files.readString(directory.resolve("log"));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
