package tenon.server.membership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/// The ids that an etcd 3.4.23 told, with `etcdctl member list`, when it was started with the same flags.
class MemberIdentityTest {
    private static final String TOKEN = "tenon-test";
    private static final List<String> A = List.of("http://127.0.0.1:33481");
    private static final List<String> B = List.of("http://127.0.0.1:33482", "http://127.0.0.1:33492");
    private static final List<String> C = List.of("http://127.0.0.1:33483");

    @Test
    void shouldGiveALoneFounderTheIdsOfEtcd() {
        long id = MemberIdentity.ofFounder(List.of("http://localhost:2380"), "etcd-cluster");
        assertEquals(0x8e9e05c52164694dL, id);
        assertEquals(0xcdf818194e3a8c32L, MemberIdentity.ofCluster(List.of(id)));
        id = MemberIdentity.ofFounder(List.of("http://127.0.0.1:33380"), "etcd-cluster");
        assertEquals(0x5c76a90ae78bcee7L, id);
        assertEquals(0x536f0188ef2075acL, MemberIdentity.ofCluster(List.of(id)));
    }

    @Test
    void shouldGiveThreeFoundersTheIdsOfEtcd() {
        long a = MemberIdentity.ofFounder(A, TOKEN);
        long b = MemberIdentity.ofFounder(B, TOKEN);
        long c = MemberIdentity.ofFounder(C, TOKEN);
        assertEquals(0xe4648c4888e1bb2cL, a);
        assertEquals(0x16f31442cb8570adL, b);
        assertEquals(0xd7846f1729fcc5c5L, c);
        assertEquals(0x6eb5c879e4ff9124L, MemberIdentity.ofCluster(List.of(a, b, c)));
    }

    @Test
    void shouldNotDependOnAnyOrder() {
        assertEquals(MemberIdentity.ofFounder(B, TOKEN), MemberIdentity.ofFounder(B.reversed(), TOKEN));
        assertEquals(MemberIdentity.ofCluster(List.of(-1L, 1L, 2L)), MemberIdentity.ofCluster(List.of(2L, -1L, 1L)));
    }

    @Test
    void shouldTellOneWhoComesBackFromWhoWentAway() {
        assertNotEquals(MemberIdentity.ofAdded(A, 1_700_000_000), MemberIdentity.ofAdded(A, 1_700_000_001));
        assertNotEquals(MemberIdentity.ofFounder(A, "one"), MemberIdentity.ofFounder(A, "other"));
    }
}
