package tenon.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import tenon.api.NodeIdentity;
import tenon.server.ServerConfig;
import tenon.server.error.EtcdError;
import tenon.server.rpc.Member;
import tenon.server.rpc.MemberAddRequest;
import tenon.server.rpc.MemberAddResponse;
import tenon.server.rpc.MemberListRequest;
import tenon.server.rpc.MemberPromoteRequest;
import tenon.server.rpc.MemberRemoveRequest;
import tenon.server.rpc.MemberUpdateRequest;
import tenon.testkit.SimulatedFileSystem;

/// What a cluster of one can show of the membership.
class MembershipTest {
    private static final long SELF_ID = 0x8e9e05c52164694dL;
    private static final Member SELF = Member.newBuilder()
            .setID(SELF_ID)
            .setName("default")
            .addPeerURLs("http://localhost:2380")
            .build();

    private final SimulatedFileSystem files = new SimulatedFileSystem();

    private static List<Member> members(Node node) {
        var request = MemberListRequest.newBuilder().setLinearizable(true).build();
        return TestNodes.await(node.membership().list(request)).getMembersList();
    }

    private static CompletableFuture<MemberAddResponse> add(Node node, boolean asLearner, String... peerUrls) {
        return node.membership()
                .add(MemberAddRequest.newBuilder().addAllPeerURLs(List.of(peerUrls)).setIsLearner(asLearner).build());
    }

    private static EtcdError removal(Node node, long id) {
        return TestNodes.refusal(
                node.membership().remove(MemberRemoveRequest.newBuilder().setID(id).build()));
    }

    private static EtcdError promotion(Node node, long id) {
        return TestNodes.refusal(
                node.membership().promote(MemberPromoteRequest.newBuilder().setID(id).build()));
    }

    private static EtcdError update(Node node, long id, String peerUrl) {
        return TestNodes.refusal(node.membership()
                .update(MemberUpdateRequest.newBuilder().setID(id).addPeerURLs(peerUrl).build()));
    }

    @Test
    void shouldListTheFounderUntilItTellsMoreOfItself() {
        try (Node node = TestNodes.start(files)) {
            assertEquals(List.of(SELF), members(node));
            TestNodes.await(node.introduce(List.of("http://127.0.0.1:2379")));
            assertEquals(
                    List.of(SELF.toBuilder().addClientURLs("http://127.0.0.1:2379").build()), members(node));
        }
    }

    @Test
    void shouldTellOfItselfOnlyWhatIsNew() {
        try (Node node = TestNodes.start(files)) {
            TestNodes.await(node.introduce(List.of("http://127.0.0.1:2379")));
            long commitIndex = node.maintenance().status().getRaftIndex();
            TestNodes.await(node.introduce(List.of("http://127.0.0.1:2379")));
            assertEquals(commitIndex, node.maintenance().status().getRaftIndex());
        }
        ServerConfig renamed = TestNodes.config().name("renamed").build();
        try (Node node = TestNodes.start(files, renamed)) {
            TestNodes.await(node.introduce(List.of("http://127.0.0.1:9999")));
            Member expected = SELF.toBuilder().setName("renamed").addClientURLs("http://127.0.0.1:9999").build();
            assertEquals(List.of(expected), members(node));
        }
    }

    @Test
    void shouldAddOneLearnerAndRefuseWhatDoesNotFit() {
        try (Node node = TestNodes.start(files)) {
            Member learner = TestNodes.await(add(node, true, "http://h2:1")).getMember();
            assertTrue(members(node).contains(learner));
            assertEquals(2, members(node).size());
            assertEquals(EtcdError.TOO_MANY_LEARNERS, TestNodes.refusal(add(node, true, "http://h3:1")));
            assertEquals(EtcdError.PEER_URL_EXISTS, TestNodes.refusal(add(node, false, "http://h2:1", "http://h3:1")));
            assertEquals(EtcdError.LEARNER_NOT_READY, promotion(node, learner.getID()));
            assertEquals(EtcdError.MEMBER_NOT_LEARNER, promotion(node, SELF_ID));
            assertEquals(EtcdError.MEMBER_NOT_FOUND, promotion(node, 1));
            assertEquals(EtcdError.MEMBER_NOT_FOUND, removal(node, 1));
            assertEquals(EtcdError.MEMBER_NOT_ENOUGH_STARTED, removal(node, SELF_ID));
            assertEquals(EtcdError.PEER_URL_EXISTS, update(node, SELF_ID, "http://h2:1"));
            assertEquals(null, update(node, SELF_ID, "http://h1:1"));
            assertEquals(null, update(node, learner.getID(), "http://h4:1"));
            TestNodes.put(node, "k", "v");
            List<Member> expected = List.of(
                    SELF.toBuilder().setPeerURLs(0, "http://h1:1").build(),
                    learner.toBuilder().setPeerURLs(0, "http://h4:1").build());
            assertEquals(2, members(node).size());
            assertTrue(members(node).containsAll(expected), members(node).toString());
        }
    }

    @Test
    void shouldKnowItsMembersAfterARestartAndNeverTakeOneBack() {
        List<Member> before;
        long removedId;
        try (Node node = TestNodes.start(files)) {
            removedId = TestNodes.await(add(node, true, "http://h2:1")).getMember().getID();
            assertEquals(null, removal(node, removedId));
            TestNodes.await(add(node, true, "http://h3:1"));
            before = members(node);
        }
        try (Node node = TestNodes.start(files)) {
            assertEquals(before, members(node));
            assertEquals(EtcdError.MEMBER_NOT_FOUND, removal(node, removedId));
        }
        files.delete(Path.of("/data/member/snap/db"));
        try (Node node = TestNodes.start(files)) {
            assertEquals(before, members(node), "the log tells all of it again");
            assertEquals(EtcdError.MEMBER_NOT_FOUND, removal(node, removedId));
        }
    }

    @Test
    void shouldKeepTheLastVoterHoweverLenient() {
        try (Node node = TestNodes.start(files, TestNodes.config().strictReconfigCheck(false).build())) {
            assertEquals(EtcdError.MEMBER_NOT_ENOUGH_STARTED, removal(node, SELF_ID));
            TestNodes.put(node, "k", "v");
        }
    }

    @Test
    void shouldBeMadeTheOnlyMemberByForce() {
        NodeIdentity identity;
        try (Node node = TestNodes.start(files)) {
            identity = node.identity();
            TestNodes.put(node, "k", "v");
            TestNodes.await(add(node, true, "http://h2:1"));
            // From now on nothing is decided without the one that never comes.
            TestNodes.await(add(node, false, "http://h3:1"));
        }
        try (Node node = TestNodes.start(files, TestNodes.config().forceNewCluster(true).build())) {
            assertEquals(identity, node.identity());
            assertEquals(List.of(SELF), members(node));
            assertEquals(1, TestNodes.get(node, "k").getCount());
            TestNodes.put(node, "k", "2");
        }
        try (Node node = TestNodes.start(files)) {
            assertEquals(List.of(SELF), members(node));
            assertEquals(2, TestNodes.get(node, "k").getKvs(0).getVersion());
        }
    }

    @Test
    void shouldChangeNothingByForceWhereItIsAlone() {
        long commitIndex;
        try (Node node = TestNodes.start(files)) {
            TestNodes.put(node, "k", "v");
            commitIndex = node.maintenance().status().getRaftIndex();
        }
        try (Node node = TestNodes.start(files, TestNodes.config().forceNewCluster(true).build())) {
            assertEquals(List.of(SELF), members(node));
            assertEquals(commitIndex + 1, node.maintenance().status().getRaftIndex(), "the entry of the new term");
        }
    }

    @Test
    void shouldHaveItsNameFromTheInitialCluster() {
        ServerConfig config = TestNodes.config()
                .name("a")
                .initialCluster(Map.of("a", List.of(URI.create("http://localhost:2380"))))
                .build();
        try (Node node = TestNodes.start(files, config)) {
            assertEquals(List.of(SELF.toBuilder().setName("a").build()), members(node));
            assertFalse(node.maintenance().status().getIsLearner());
        }
    }
}
