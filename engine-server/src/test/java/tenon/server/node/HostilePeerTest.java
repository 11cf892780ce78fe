package tenon.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.Message;
import tenon.api.NodeIdentity;
import tenon.api.Platform;
import tenon.server.ServerConfig;
import tenon.server.ServerVersion;
import tenon.server.peer.PeerNetwork;
import tenon.server.peer.PeerOptions;
import tenon.server.proposal.Proposal;
import tenon.server.rpc.MemberAddRequest;
import tenon.server.rpc.PutRequest;
import tenon.testkit.SimulatedFileSystem;

/// What no member says, said by one whose frames are well formed. The worst that happens is that it is not believed.
@Timeout(120)
class HostilePeerTest {
    private static final URI ANY_PORT = URI.create("http://127.0.0.1:0");
    private static final ServerConfig CONFIG =
            TestNodes.config().listenPeerUrls(List.of(ANY_PORT)).build();

    private final SimulatedFileSystem files = new SimulatedFileSystem();
    private int probeCount;

    private static Entry entry(EntryType type, int... data) {
        byte[] bytes = new byte[data.length];
        for (int i = 0; i < data.length; i++) {
            bytes[i] = (byte) data[i];
        }
        return new Entry(0, 0, type, bytes);
    }

    /// @param other a member that does not lead
    private static List<Message> lies(long other, long self, long term, long lastIndex) {
        Stream<Message> forwards = Stream.of(
                        entry(EntryType.NORMAL, 0xFF),
                        entry(EntryType.NORMAL, 8, 1),
                        entry(EntryType.NORMAL),
                        entry(EntryType.CONF_CHANGE, 0xFF),
                        entry(EntryType.CONF_CHANGE))
                .map(entry -> new Message.Forward(other, self, term, List.of(entry)));
        return Stream.concat(
                        Stream.of(
                                new Message.Heartbeat(other, self, 0, 0, 0),
                                new Message.Heartbeat(other, self, term, 0, 0),
                                new Message.Append(other, self, term, term, lastIndex, List.of(), lastIndex),
                                new Message.AppendResponse(other, self, term, lastIndex + 1000, false, 0, 0),
                                new Message.Vote(other, self, Long.MAX_VALUE, term, lastIndex, false, true)),
                        forwards)
                .toList();
    }

    @Test
    void shouldNotBelieveWhatNoMemberSays() throws Exception {
        try (Node node = start()) {
            NodeIdentity self = node.identity();
            MemberAddRequest learner = MemberAddRequest.newBuilder()
                    .addPeerURLs("http://127.0.0.1:1")
                    .setIsLearner(true)
                    .build();
            long other = TestNodes.await(node.membership().add(learner)).getMember().getID();
            try (PeerNetwork network = network(new NodeIdentity(other, self.clusterId()))) {
                network.setPeers(Map.of(self.nodeId(), List.of(node.peerUris().getFirst())));
                long term = node.maintenance().status().getRaftTerm();
                for (Message lie : lies(other, self.nodeId(), term, node.maintenance().status().getRaftIndex())) {
                    network.send(List.of(lie));
                    awaitForwarded(network, node, other);
                    assertNull(node.failure().find(), lie.toString());
                    assertEquals(term, node.maintenance().status().getRaftTerm(), lie.toString());
                }
            }
            TestNodes.put(node, "k", "v");
        }
        try (Node node = start()) {
            assertEquals("v", TestNodes.get(node, "k").getKvs(0).getValue().toStringUtf8());
        }
    }

    private Node start() {
        return Node.start(CONFIG, Platform.system().withFiles(files));
    }

    /// Forwards a put until it is there: what was sent before has arrived by then.
    private void awaitForwarded(PeerNetwork network, Node node, long other) throws InterruptedException {
        String key = "probe/" + probeCount++;
        PutRequest put = PutRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build();
        byte[] data = Proposal.newBuilder().setId(probeCount).setPut(put).build().toByteArray();
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (TestNodes.get(node, key).getKvsCount() == 0) {
            assertTrue(System.nanoTime() < endNs, "nothing arrives any more");
            network.send(List.of(new Message.Forward(
                    other,
                    node.identity().nodeId(),
                    node.maintenance().status().getRaftTerm(),
                    List.of(new Entry(0, 0, EntryType.NORMAL, data)))));
            Thread.sleep(10);
        }
    }

    private static PeerNetwork network(NodeIdentity identity) {
        return PeerNetwork.start(
                Platform.system().withFiles(new SimulatedFileSystem()),
                identity,
                ServerVersion.text(),
                PeerOptions.of(List.of(ANY_PORT), Path.of("/spool")),
                new DeafPeer());
    }
}
