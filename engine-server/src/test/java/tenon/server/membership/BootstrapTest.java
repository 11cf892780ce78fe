package tenon.server.membership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tenon.api.ConfChange;
import tenon.api.NodeIdentity;
import tenon.raft.RecoveredState;
import tenon.server.InitialClusterState;
import tenon.server.ServerConfig;
import tenon.server.peer.LogLines;
import tenon.server.rpc.Member;

class BootstrapTest {
    private static final String A = "http://127.0.0.1:33481";
    private static final String B1 = "http://127.0.0.1:33482";
    private static final String B2 = "http://127.0.0.1:33492";
    private static final String C = "http://127.0.0.1:33483";
    private static final Map<String, List<URI>> CLUSTER = cluster("a=" + A, "b=" + B2, "b=" + B1, "c=" + C);
    private static final List<Member> EXISTING = List.of(
            member(0xa, "a", A), member(0xb, "b", B1, B2), member(0xc, "", C));

    /// The URLs at which the others were asked.
    private List<String> asked = new ArrayList<>();

    private static Member member(long id, String name, String... peerUrls) {
        return MemberChangesTest.member(id, name, false, peerUrls);
    }

    private static Map<String, List<URI>> cluster(String... pairs) {
        Map<String, List<URI>> cluster = new LinkedHashMap<>();
        for (String pair : pairs) {
            String[] parts = pair.split("=");
            cluster.computeIfAbsent(parts[0], _ -> new ArrayList<>()).add(URI.create(parts[1]));
        }
        return cluster;
    }

    private static ServerConfig.Builder config(String name, String... peerUrls) {
        return ServerConfig.builder(Path.of("/data"))
                .name(name)
                .clusterToken("tenon-test")
                .peerUrls(Arrays.stream(peerUrls).map(URI::create).toList())
                .initialCluster(CLUSTER);
    }

    private static ServerConfig.Builder joining(String name, String... peerUrls) {
        return config(name, peerUrls).initialClusterState(InitialClusterState.EXISTING);
    }

    private ClusterQuery answering(List<Member> members) {
        return urls -> {
            asked = urls;
            return new ClusterQuery.Answer(0x77, members);
        };
    }

    private static String refusal(ServerConfig.Builder config, ClusterQuery query) {
        return assertThrows(BootstrapException.class, () -> Bootstrap.ofNewNode(config.build(), null, query))
                .getMessage();
    }

    private static ClusterOrigin.Founding founding(ServerConfig.Builder config) {
        return assertInstanceOf(
                ClusterOrigin.Founding.class, Bootstrap.ofNewNode(config.build(), null, ClusterQuery.NONE));
    }

    @Test
    void shouldFoundTheSameClusterOnEachFounder() {
        ClusterOrigin.Founding a = founding(config("a", A));
        ClusterOrigin.Founding b = founding(config("b", B1, B2));
        ClusterOrigin.Founding c = founding(config("c", C)
                .initialCluster(cluster("c=" + C, "b=" + B1, "b=" + B2, "a=" + A)));
        assertEquals(new NodeIdentity(0xe4648c4888e1bb2cL, 0x6eb5c879e4ff9124L), a.identity());
        assertEquals(new NodeIdentity(0x16f31442cb8570adL, 0x6eb5c879e4ff9124L), b.identity());
        assertEquals(new NodeIdentity(0xd7846f1729fcc5c5L, 0x6eb5c879e4ff9124L), c.identity());
        RecoveredState log = RecoveredState.founding(a.changes());
        for (ClusterOrigin.Founding other : List.of(b, c)) {
            RecoveredState otherLog = RecoveredState.founding(other.changes());
            assertEquals(log.hardState(), otherLog.hardState());
            for (int i = 0; i < 3; i++) {
                assertEquals(log.entries().get(i).toString(), otherLog.entries().get(i).toString());
                assertTrue(Arrays.equals(log.entries().get(i).data(), otherLog.entries().get(i).data()));
            }
        }
    }

    @Test
    void shouldRecordTheFoundersInTheOrderOfTheirIds() {
        Members members = Members.NOBODY;
        for (ConfChange change : founding(config("b", B1, B2)).changes()) {
            members = MemberChanges.apply(members, change);
        }
        assertEquals(
                List.of(
                        member(0x16f31442cb8570adL, "b", B1, B2),
                        member(0xd7846f1729fcc5c5L, "c", C),
                        member(0xe4648c4888e1bb2cL, "a", A)),
                members.all());
    }

    @Test
    void shouldFoundAClusterOfOneIfNothingElseIsSaid() {
        ServerConfig config = ServerConfig.builder(Path.of("/data")).build();
        ClusterOrigin origin = Bootstrap.ofNewNode(config, null, urls -> {
            throw new AssertionError("asked " + urls + ", but there is nobody");
        });
        assertEquals("node 8e9e05c52164694d of cluster cdf818194e3a8c32", origin.identity().toString());
        assertEquals(List.of(), Bootstrap.peerAddresses(config, origin, Members.NOBODY));
    }

    @Test
    void shouldRefuseToFoundWhatDoesNotFitTogether() {
        assertEquals(
                "couldn't find local name \"d\" in the initial cluster configuration",
                refusal(config("d", A), ClusterQuery.NONE));
        assertEquals(
                "--initial-cluster has a=" + A + " but missing from --initial-advertise-peer-urls=" + C,
                refusal(config("a", C), ClusterQuery.NONE));
        assertEquals(
                "--initial-advertise-peer-urls has " + B2 + " but missing from --initial-cluster=a=" + A,
                refusal(config("a", A, B2), ClusterQuery.NONE));
        assertEquals(
                "initial cluster a=" + A + ",e=" + A + " has duplicate url",
                refusal(config("a", A).initialCluster(cluster("a=" + A, "e=" + A)), ClusterQuery.NONE));
    }

    @Test
    void shouldRefuseToFoundUnderTheIdOfAMemberThatServedAlready() {
        long id = 0xe4648c4888e1bb2cL;
        Member served = member(id, "a", A).toBuilder().addClientURLs("http://h:2379").build();
        assertTrue(refusal(config("a", A), answering(List.of(served)))
                .startsWith("member e4648c4888e1bb2c has already been bootstrapped"));
        assertEquals(List.of(B1, C, B2), asked);
        assertInstanceOf(
                ClusterOrigin.Founding.class,
                Bootstrap.ofNewNode(config("a", A).build(), null, answering(List.of(member(id, "a", A)))));
    }

    @Test
    void shouldFindItselfAmongTheMembersOfTheClusterThatItJoins() {
        ClusterOrigin.Joining joined = assertInstanceOf(
                ClusterOrigin.Joining.class,
                Bootstrap.ofNewNode(joining("c", "http://elsewhere:1").build(), null, answering(EXISTING)));
        assertEquals(new NodeIdentity(0xc, 0x77), joined.identity());
        assertEquals(EXISTING, joined.members());
        assertEquals(List.of(A, B1, B2), asked);
    }

    @Test
    void shouldRefuseToJoinAnotherClusterThanTheOneThatIsThere() {
        assertEquals(
                "couldn't find local name \"d\" in the initial cluster configuration",
                refusal(joining("d", A), answering(EXISTING)));
        assertEquals(
                "error validating peerURLs a (a: " + A + "), b (b: " + B1 + "," + B2 + "): member count is unequal",
                refusal(joining("c", C), answering(EXISTING.subList(0, 2))));
        List<Member> others = List.of(EXISTING.get(0), EXISTING.get(1), member(0xc, "", "http://h:1"));
        String mismatch = refusal(joining("c", C), answering(others));
        assertTrue(
                mismatch.endsWith(": PeerURLs: no match found for existing member (c, [http://h:1])"), mismatch);
        List<Member> same = List.of(EXISTING.get(0), EXISTING.get(1), member(0xc, "", A));
        assertTrue(refusal(joining("c", C), answering(same)).endsWith("two of them have the same peerURLs"));
    }

    @Test
    void shouldRefuseToJoinIfNobodyTellsOfTheCluster() {
        assertEquals(
                "cannot fetch cluster info from peer urls: could not retrieve cluster information from the given URLs",
                refusal(joining("c", C), ClusterQuery.NONE));
        assertEquals(
                "cannot fetch cluster info from peer urls: failed to get raft cluster member(s) from the given URLs",
                refusal(joining("c", C), answering(List.of())));
    }

    @Test
    void shouldRefuseToJoinUnderTheIdOfAMemberThatServedAlready() {
        List<Member> served = List.of(
                EXISTING.get(0),
                EXISTING.get(1),
                EXISTING.get(2).toBuilder().addClientURLs("http://h:2379").build());
        assertTrue(refusal(joining("c", C), answering(served)).contains("remove the member and add it anew"));
        NodeIdentity itself = new NodeIdentity(0xc, 0x77);
        assertEquals(
                itself,
                Bootstrap.ofNewNode(joining("c", C).build(), itself, answering(served)).identity(),
                "its log is there, without entries");
    }

    @Test
    void shouldGoOnFromTheDiskWhateverTheConfigurationSays() {
        NodeIdentity identity = new NodeIdentity(0xa, 0x77);
        Members recorded = new Members(EXISTING, Set.of());
        ServerConfig config = joining("nobody", "http://elsewhere:1").build();
        assertEquals(
                new ClusterOrigin.Restarting(identity), Bootstrap.ofKnownNode(config, identity, recorded));
        assertEquals(
                new ClusterOrigin.Restarting(identity), Bootstrap.ofKnownNode(config, identity, Members.NOBODY));
    }

    @Test
    void shouldTellOfConfigurationThatDiffersFromWhatIsKnown() {
        NodeIdentity identity = new NodeIdentity(0xa, 0x77);
        Members recorded = new Members(EXISTING, Set.of());
        try (LogLines log = new LogLines("tenon.server.membership.Bootstrap")) {
            Bootstrap.ofKnownNode(config("a", A).build(), identity, recorded);
            ServerConfig other = config("nobody", "http://elsewhere:1").build();
            Bootstrap.ofKnownNode(other, identity, Members.NOBODY);
            assertEquals(0, log.count(""));
            Bootstrap.ofKnownNode(other, identity, recorded);
            assertEquals(
                    1,
                    log.count("--initial-advertise-peer-urls=http://elsewhere:1 is ignored: the other members know this one"
                            + " under " + A));
            assertEquals(1, log.count("the member a is called nobody from now on"));
            assertEquals(2, log.count(""));
        }
    }

    @Test
    void shouldListenToOthersWhereItIsToldOrIfThereAreOthers() {
        List<URI> byDefault = List.of(URI.create("http://localhost:2380"));
        ServerConfig founder = config("a", A).build();
        assertEquals(byDefault, Bootstrap.peerAddresses(founder, founding(config("a", A)), Members.NOBODY));
        ClusterOrigin joined = Bootstrap.ofNewNode(joining("c", C).build(), null, answering(EXISTING));
        assertEquals(byDefault, Bootstrap.peerAddresses(founder, joined, Members.NOBODY));
        ClusterOrigin restarting = new ClusterOrigin.Restarting(new NodeIdentity(0xa, 0x77));
        assertEquals(byDefault, Bootstrap.peerAddresses(founder, restarting, new Members(EXISTING, Set.of())));
        Members alone = new Members(EXISTING.subList(0, 1), Set.of());
        assertEquals(List.of(), Bootstrap.peerAddresses(founder, restarting, alone));
        List<URI> told = List.of(URI.create("http://127.0.0.1:1"));
        ServerConfig listening = config("a", A).listenPeerUrls(told).build();
        assertEquals(told, Bootstrap.peerAddresses(listening, restarting, alone));
    }
}
