package tenon.server.peer;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;
import tenon.api.Message;
import tenon.api.NodeIdentity;
import tenon.api.Platform;
import tenon.server.rpc.MemberListResponse;

/// A network on loopback, with a handler that keeps all it is told.
final class TestMember implements AutoCloseable, PeerHandler {
    static final long CLUSTER_ID = 0xc1;
    static final Path DIRECTORY = Path.of("/tenon/member/snap");
    static final URI ANY_PORT = URI.create("http://127.0.0.1:0");
    /// How long a test waits for what must come.
    private static final long WAIT_SECONDS = 60;
    private static final long MS = 1_000_000;

    /// Waits as in production would make tests long.
    static final PeerOptions.Timing TIMING = new PeerOptions.Timing(
            10_000 * MS, 100 * MS, 20_000 * MS, 10 * MS, 200 * MS, 0, 60_000 * MS, 60_000 * MS, 60_000 * MS);

    final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
    final BlockingQueue<Message.InstallSnapshot> wanted = new LinkedBlockingQueue<>();
    final BlockingQueue<Arrived> snapshots = new LinkedBlockingQueue<>();
    final BlockingQueue<Sent> sent = new LinkedBlockingQueue<>();
    final BlockingQueue<Long> unreachable = new LinkedBlockingQueue<>();
    final BlockingQueue<Long> removedBy = new LinkedBlockingQueue<>();
    final Set<Long> removed = ConcurrentHashMap.newKeySet();
    volatile ClusterMembers members;
    /// What it does with who is to be promoted.
    volatile LongFunction<CompletableFuture<MemberListResponse>> promotion;
    final long nodeId;
    final PeerNetwork network;

    record Arrived(Message.InstallSnapshot message, Path file) {}

    record Sent(long nodeId, boolean delivered) {}

    TestMember(long nodeId) {
        this(nodeId, options -> options);
    }

    TestMember(long nodeId, UnaryOperator<PeerOptions> options) {
        this(nodeId, TestPlatforms.simulated(), CLUSTER_ID, options);
    }

    TestMember(long nodeId, Platform platform, long clusterId, UnaryOperator<PeerOptions> options) {
        this.nodeId = nodeId;
        this.network = PeerNetwork.start(
                platform,
                new NodeIdentity(nodeId, clusterId),
                "3.5.0-test",
                options.apply(PeerOptions.of(List.of(ANY_PORT), DIRECTORY).withTiming(TIMING)),
                this);
    }

    URI url() {
        return network.addresses().getFirst();
    }

    /// Makes all of them know each other, and waits until they are connected.
    static void connect(TestMember... all) {
        for (TestMember member : all) {
            Map<Long, List<URI>> peers = new java.util.HashMap<>();
            for (TestMember other : all) {
                peers.put(other.nodeId, List.of(other.url()));
            }
            member.network.setPeers(peers);
        }
        for (TestMember member : all) {
            for (TestMember other : all) {
                if (member != other) {
                    member.awaitActive(other.nodeId);
                }
            }
        }
    }

    void setPeer(TestMember other) {
        setPeer(other.nodeId, other.url());
    }

    void setPeer(long otherId, URI url) {
        network.setPeers(Map.of(otherId, List.of(url)));
    }

    void awaitActive(long otherId) {
        await("node " + otherId + " is active", () -> network.activeSinceNs(otherId).isPresent());
    }

    void awaitInactive(long otherId) {
        await("node " + otherId + " is inactive", () -> network.activeSinceNs(otherId).isEmpty());
    }

    PeerTraffic traffic(long otherId) {
        return network.traffic().stream()
                .filter(traffic -> traffic.nodeId() == otherId)
                .findFirst()
                .orElseThrow();
    }

    static void await(String what, BooleanSupplier condition) {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < endNs, "waited in vain until " + what);
            pause();
        }
    }

    static void pause() {
        try {
            Thread.sleep(5);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static <T> T next(BlockingQueue<T> queue) {
        try {
            T element = queue.poll(WAIT_SECONDS, TimeUnit.SECONDS);
            assertNotNull(element, "waited in vain");
            return element;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        network.close();
    }

    // ---- PeerHandler

    @Override
    public void onMessage(Message message) {
        messages.add(message);
    }

    @Override
    public void onSnapshotWanted(Message.InstallSnapshot message) {
        wanted.add(message);
    }

    @Override
    public void onSnapshot(Message.InstallSnapshot message, Path file) {
        snapshots.add(new Arrived(message, file));
    }

    @Override
    public void onSnapshotSent(long otherId, boolean delivered) {
        sent.add(new Sent(otherId, delivered));
    }

    @Override
    public CompletableFuture<MemberListResponse> onPromotion(long memberId) {
        return promotion.apply(memberId);
    }

    @Override
    public void onUnreachable(long otherId) {
        unreachable.add(otherId);
    }

    @Override
    public void onRemoved(long byNodeId) {
        removedBy.add(byNodeId);
    }

    @Override
    public boolean isRemoved(long otherId) {
        return removed.contains(otherId);
    }

    @Override
    public ClusterMembers clusterMembers() {
        return members;
    }
}
