package tenon.mvcc.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tenon.mvcc.AppliedIndex;
import tenon.mvcc.KeyspaceHash;
import tenon.mvcc.MvccOptions;
import tenon.testkit.Seeds;
import tenon.testkit.SimulatedFileSystem;

class KeySpacePropertyTest {
    @Test
    void shouldBehaveAsThePlainModel() {
        RandomGenerator random = Seeds.random(getClass());
        for (int round = 0; round < 6; round++) {
            behaveAsThePlainModel(random);
        }
    }

    private static void behaveAsThePlainModel(RandomGenerator random) {
        SimulatedFileSystem disk = TestedKeySpace.disk();
        Workload workload = new Workload(random, 1 + random.nextInt(120), 400);
        PlainKeySpace model = new PlainKeySpace();
        MvccOptions options = TestedKeySpace.options(1 + random.nextInt(60));
        TestedKeySpace tested = TestedKeySpace.open(disk, options);
        List<CompletableFuture<Void>> compactions = new ArrayList<>();
        for (int i = 0; i < workload.size(); i++) {
            CompletableFuture<Void> compaction = workload.apply(tested.keySpace, i);
            if (compaction != null) {
                compactions.add(compaction);
            }
            workload.apply(model, i);
            switch (random.nextInt(60)) {
                case 0 -> tested.keySpace.backend().commit();
                case 1 -> tested.clock.advanceNs(options.batchIntervalNs());
                case 2 -> tested.assertEqualTo(model, random);
                case 3 -> {
                    tested.close();
                    tested = TestedKeySpace.open(disk, options);
                    assertEquals(Workload.at(i), tested.keySpace.appliedIndex());
                    tested.assertEqualTo(model, random);
                    compactions.clear();
                }
                case 4 -> {
                    compactions.forEach(CompletableFuture::join);
                    if (!compactions.isEmpty()) {
                        tested.assertStored(model);
                    }
                }
                default -> {}
            }
        }
        tested.assertEqualTo(model, random);
        tested.assertCheckIsClean();
        tested.close();
    }

    @Test
    void shouldHashAlikeHoweverFarTheCompactionIs() {
        RandomGenerator random = Seeds.random(getClass());
        Workload workload = new Workload(random, 30, 300);
        MvccOptions paused = new MvccOptions(1_000_000, 11, 3, 1_000_000_000, false, 0.9);
        try (TestedKeySpace quick = TestedKeySpace.open(TestedKeySpace.disk(), TestedKeySpace.options(50));
                TestedKeySpace slow = TestedKeySpace.open(TestedKeySpace.disk(), paused)) {
            for (int i = 0; i < workload.size(); i++) {
                CompletableFuture<Void> compaction = workload.apply(quick.keySpace, i);
                workload.apply(slow.keySpace, i);
                if (compaction != null) {
                    compaction.join();
                }
                KeyspaceHash hash = quick.keySpace.hashKeyspace(0);
                assertEquals(hash, slow.keySpace.hashKeyspace(0));
                long from = Math.max(1, hash.compactedRevision());
                long asked = from + random.nextLong(hash.currentRevision() - from + 1);
                assertEquals(quick.keySpace.hashKeyspace(asked), slow.keySpace.hashKeyspace(asked));
            }
            AppliedIndex last = Workload.at(workload.size());
            quick.keySpace.write(last).close();
            assertEquals(last, quick.keySpace.appliedIndex());
        }
    }
}
