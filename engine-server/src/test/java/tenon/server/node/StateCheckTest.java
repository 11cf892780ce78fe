package tenon.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tenon.api.CorruptDataException;
import tenon.api.Platform;
import tenon.server.ServerConfig;
import tenon.server.divergence.AlteredStore;
import tenon.server.rpc.CompactionRequest;
import tenon.testkit.ManualClock;
import tenon.testkit.SimulatedFileSystem;

/// A node that is alone has its log to hold its store against.
@Timeout(120)
class StateCheckTest {
    private static final Path STORE = Path.of("/data/member/snap/db");
    private static final long PERIOD_NS = 10_000_000_000L;
    private static final long STEP_NS = 10_000_000L;

    private final SimulatedFileSystem files = new SimulatedFileSystem();
    private final ManualClock clock = new ManualClock();

    private Node start() {
        return start(TestNodes.config().build());
    }

    private Node start(ServerConfig config) {
        return Node.start(config, Platform.system().withFiles(files).withClock(clock));
    }

    private static long index(Node node) {
        return node.maintenance().status().getRaftIndex();
    }

    /// Lets a state be taken, and told.
    private void compare(Node node) {
        long before = index(node);
        clock.advanceNs(PERIOD_NS);
        while (node.maintenance().status().getRaftAppliedIndex() < before + 2) {
            clock.advanceNs(STEP_NS);
            LockSupport.parkNanos(STEP_NS);
        }
    }

    @Test
    void shouldTakeItsStateWhenItHasChangedAndWriteNothingElse() {
        try (Node node = start()) {
            long begin = index(node);
            TestNodes.put(node, "k", "1");
            compare(node);
            assertEquals(begin + 3, index(node), "the put, what it has come to, and that told");
            for (int i = 0; i < 20; i++) {
                clock.advanceNs(PERIOD_NS);
            }
            // Behind whatever the clock may have set off.
            TestNodes.put(node, "k", "2");
            assertEquals(begin + 4, index(node));
        }
        try (Node node = start()) {
            assertEquals("2", TestNodes.get(node, "k").getKvs(0).getValue().toStringUtf8());
        }
    }

    @Test
    void shouldTakeNothingWhenThatIsOff() {
        try (Node node = start(TestNodes.config().corruptCheckTimeMs(0).build())) {
            TestNodes.put(node, "k", "1");
            long begin = index(node);
            clock.advanceNs(100 * PERIOD_NS);
            TestNodes.put(node, "k", "2");
            assertEquals(begin + 1, index(node));
        }
    }

    @Test
    void shouldRefuseAStoreThatIsNotWhatTheLogSays() {
        try (Node node = start()) {
            TestNodes.put(node, "k", "right");
            TestNodes.put(node, "other", "1");
            compare(node);
            TestNodes.put(node, "later", "1");
        }
        SimulatedFileSystem intact = files.copy();
        AlteredStore.alter(files, STORE, "k", "wrong");
        String refusal = assertThrows(CorruptDataException.class, this::start).getMessage();
        assertTrue(refusal.startsWith("/data/member/snap/db is corrupt"), refusal);
        assertTrue(refusal.contains("the log in /data/member/wal says that the state hash at revision 3, entry"), refusal);
        assertTrue(refusal.contains("put this member's files back"), refusal);

        Platform platform = Platform.system().withFiles(intact).withClock(clock);
        try (Node node = Node.start(TestNodes.config().build(), platform)) {
            assertEquals("right", TestNodes.get(node, "k").getKvs(0).getValue().toStringUtf8());
        }
    }

    @Test
    void shouldNotMistakeACompactedHistoryForAnother() {
        try (Node node = start(TestNodes.config().compactionPauseMs(0).build())) {
            for (int i = 0; i < 20; i++) {
                TestNodes.put(node, "k" + i % 3, "v" + i);
            }
            compare(node);
            for (int i = 0; i < 20; i++) {
                TestNodes.put(node, "k" + i % 3, "w" + i);
            }
            CompactionRequest request = CompactionRequest.newBuilder()
                    .setRevision(35)
                    .setPhysical(true)
                    .build();
            TestNodes.await(node.kv().compact(request));
        }
        try (Node node = start()) {
            assertNull(node.failure().find());
            assertEquals("w19", TestNodes.get(node, "k1").getKvs(0).getValue().toStringUtf8());
        }
    }

    @Test
    void shouldRefuseALogThatLeadsElsewhereWhenItIsAppliedAgain() {
        try (Node node = start()) {
            TestNodes.put(node, "k", "right");
        }
        SimulatedFileSystem early = files.copy();
        try (Node node = start()) {
            TestNodes.put(node, "other", "1");
            compare(node);
        }
        // The store as it was before the take, and that one altered: the log brings the rest.
        files.setContent(STORE, early.content(STORE));
        AlteredStore.alter(files, STORE, "k", "wrong");
        RuntimeException refusal = assertThrows(RuntimeException.class, this::start);
        assertTrue(refusal.getMessage().contains("the store is not the one that belongs to the log"), refusal.toString());
    }
}
