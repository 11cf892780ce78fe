package tenon.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tenon.api.ConfState;
import tenon.api.Message;
import tenon.api.NodeIdentity;
import tenon.api.Platform;
import tenon.api.Ready;
import tenon.api.SnapshotMark;
import tenon.api.StorageException;
import tenon.api.Store;
import tenon.btree.BTreeOptions;
import tenon.btree.BTreeStore;
import tenon.server.ServerConfig;
import tenon.server.ServerVersion;
import tenon.server.peer.PeerNetwork;
import tenon.server.peer.PeerOptions;
import tenon.server.rpc.MemberAddRequest;
import tenon.testkit.Fault;
import tenon.testkit.ManualClock;
import tenon.testkit.Seeds;
import tenon.testkit.SimulatedFileSystem;
import tenon.testkit.SimulatedPowerCut;

/// What is there when the power goes, or the disk fails, at each operation between the first byte of a snapshot and the
/// restart from it: the old state or the new one, whole, and nothing else.
///
/// The snapshot is the member's own store as it would be some entries later. `-Dtenon.crash.stride=1` takes each operation,
/// which takes minutes; else it is one in four.
@Timeout(600)
class SnapshotInstallationCrashTest {
    private static final URI ANY_PORT = URI.create("http://127.0.0.1:0");
    private static final ServerConfig CONFIG =
            TestNodes.config().listenPeerUrls(List.of(ANY_PORT)).build();
    private static final Path STORE = Path.of("/data/member/snap/db");
    private static final String KEY = "k";
    private static final String OLD = "old";
    private static final String NEW = "new";
    private static final int NEWER_COUNT = 5;
    private static final int OPERATIONS_MIN = 15;
    private static final int STRIDE = Integer.getInteger("tenon.crash.stride", 4);
    private static final long LEADER_TERM = 10;
    private static final long WAIT_SECONDS = 30;

    private NodeIdentity self;
    private NodeIdentity leader;
    /// The disk of the member that lags, and of one that does not.
    private SimulatedFileSystem lagging;
    private SimulatedFileSystem upToDate;

    private static Platform platform(SimulatedFileSystem files) {
        return Platform.system().withFiles(files).withClock(new ManualClock());
    }

    private static Node start(SimulatedFileSystem files) {
        return Node.start(CONFIG, platform(files));
    }

    @BeforeEach
    void prepare() {
        upToDate = new SimulatedFileSystem();
        try (Node node = start(upToDate)) {
            self = node.identity();
            MemberAddRequest other = MemberAddRequest.newBuilder()
                    .addPeerURLs("http://127.0.0.1:1")
                    .setIsLearner(true)
                    .build();
            leader = new NodeIdentity(
                    TestNodes.await(node.membership().add(other)).getMember().getID(), self.clusterId());
            TestNodes.put(node, KEY, OLD);
        }
        lagging = upToDate.copy();
        try (Node node = start(upToDate)) {
            for (int i = 0; i < NEWER_COUNT; i++) {
                TestNodes.put(node, KEY, NEW);
            }
        }
    }

    /// Another member, which leads, as far as this one can tell.
    private final class Leader extends DeafPeer implements AutoCloseable {
        private volatile CompletableFuture<Boolean> sent = new CompletableFuture<>();
        private final PeerNetwork network = PeerNetwork.start(
                Platform.system().withFiles(new SimulatedFileSystem()),
                leader,
                ServerVersion.text(),
                PeerOptions.of(List.of(ANY_PORT), Path.of("/spool")),
                this);

        void sendTo(Node node) {
            byte[] store = upToDate.content(STORE);
            sent = new CompletableFuture<>();
            network.setPeers(Map.of(self.nodeId(), List.of(node.peerUris().getFirst())));
            network.sendSnapshot(self.nodeId(), target -> {
                try {
                    target.write(store);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                return new Message.InstallSnapshot(
                        leader.nodeId(),
                        self.nodeId(),
                        LEADER_TERM,
                        new SnapshotMark(1, 1),
                        ConfState.ofVoters(Set.of(self.nodeId())));
            });
        }

        /// Gives up what is on its way.
        void withdraw() {
            network.setPeers(Map.of());
            TestNodes.await(sent);
        }

        @Override
        public void close() {
            network.close();
        }

        @Override
        public void onSnapshotSent(long nodeId, boolean delivered) {
            sent.complete(delivered);
        }
    }

    private static void await(BooleanSupplier condition) {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < endNs, "waited in vain");
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(1);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean hasPower(SimulatedFileSystem files) {
        try {
            files.exists(STORE);
            return true;
        } catch (SimulatedPowerCut cut) {
            return false;
        }
    }

    /// Sends the snapshot to a node and has it installed.
    ///
    /// @return whether that is done
    private static boolean installs(Leader other, Node node, SimulatedFileSystem files) {
        try {
            other.sendTo(node);
            CompletableFuture<Ready> arrived = node.snapshot();
            await(() -> arrived.isDone()
                    || !hasPower(files)
                    || node.failure().find() != null
                    || other.sent.isDone() && (!other.sent.join() || isDropped(files)));
            other.withdraw();
            if (!arrived.isDone()) {
                return false;
            }
            node.closeAndInstall(arrived.join());
            return true;
        } catch (SimulatedPowerCut | StorageException expected) {
            return false;
        } finally {
            closeAnyway(node);
        }
    }

    /// Whether a snapshot that came whole could not be used. It is answered only after that.
    private static boolean isDropped(SimulatedFileSystem files) {
        return names(files).equals(List.of(STORE.getFileName().toString()));
    }

    private static void closeAnyway(Node node) {
        try {
            node.close();
        } catch (SimulatedPowerCut | RuntimeException expected) {
            // The disk is gone.
        }
    }

    private static List<String> names(SimulatedFileSystem files) {
        return files.list(STORE.getParent()).stream()
                .map(path -> path.getFileName().toString())
                .toList();
    }

    /// Starts a node there, which serves and takes writes.
    ///
    /// @return the value that it finds
    private static String valueAfterRestart(SimulatedFileSystem files, String when) {
        String value;
        try (Node node = start(files)) {
            value = TestNodes.get(node, KEY).getKvs(0).getValue().toStringUtf8();
            assertEquals(List.of("db"), names(files), when);
            long version = TestNodes.get(node, KEY).getKvs(0).getVersion();
            assertEquals(value.equals(NEW) ? NEWER_COUNT + 1 : 1, version, when);
            TestNodes.put(node, KEY, "later");
        }
        try (Store store = BTreeStore.open(platform(files), STORE, BTreeOptions.DEFAULT)) {
            assertEquals(List.of(), store.check().findings(), when);
        }
        return value;
    }

    /// Lets operations fail, each once, from the first one that the snapshot takes.
    private void check(Fault fault) {
        RandomGenerator random = Seeds.random(getClass());
        boolean failed = true;
        int oldCount = 0;
        int count = 0;
        int operation = random.nextInt(STRIDE);
        try (Leader other = new Leader()) {
            while (failed) {
                operation += count == 0 ? 1 : STRIDE;
                count++;
                SimulatedFileSystem files = lagging.copy();
                Node node = start(files);
                long last = files.operationCount() + operation;
                files.failAt(last, fault);
                boolean installed = installs(other, node, files);
                failed = files.operationCount() >= last;
                String when = fault + " at operation " + operation;
                assertTrue(failed || installed, when);
                files.clearFaults();
                String value = valueAfterRestart(fault == Fault.POWER_CUT ? files.crash(random) : files, when);
                assertTrue(value.equals(NEW) || !installed && value.equals(OLD), when + ": " + value);
                oldCount += value.equals(OLD) ? 1 : 0;
            }
        }
        assertTrue(operation > OPERATIONS_MIN, "an installation has only " + operation + " operations");
        assertTrue(oldCount < count);
        assertTrue(oldCount > 0 || fault == Fault.IO_ERROR);
    }

    @Test
    void shouldLeaveTheOldStateOrTheNewOneWhereverThePowerIsCut() {
        check(Fault.POWER_CUT);
    }

    @Test
    void shouldLeaveTheOldStateOrTheNewOneWhereverTheDiskFails() {
        check(Fault.IO_ERROR);
    }

    @Test
    void shouldNotKeepASnapshotOfWhatItHas() {
        try (Leader other = new Leader(); Node node = start(upToDate)) {
            other.sendTo(node);
            assertTrue(TestNodes.await(other.sent));
            assertEquals(List.of("db"), names(upToDate));
            assertFalse(node.snapshot().isDone());
            assertEquals(null, node.failure().find());
        }
    }
}
