package tenon.server.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CertificateNamesTest {
    @Test
    void shouldFindCommonNamesAndNoneThatOnlyLookLikeOne() {
        assertEquals(List.of("member"), CertificateNames.commonNames("CN=member,O=tenon"));
        assertEquals(List.of("a", "b"), CertificateNames.commonNames("O=x,CN=a+OU=y,cn=b"));
        assertEquals(List.of(), CertificateNames.commonNames("O=x\\,CN=admin,C=DE"));
        assertEquals(List.of("a,CN=admin"), CertificateNames.commonNames("CN=a\\,CN=admin"));
        assertEquals(List.of(), CertificateNames.commonNames(""));
    }

    @Test
    void shouldAllowByCommonName() {
        CertificateNames names = new CertificateNames(List.of("member"), List.of("a.example"));
        assertTrue(names.isAllowed(Set.of("other", "member"), Set.of()));
        assertFalse(names.isAllowed(Set.of("other"), Set.of()));
        assertFalse(names.isAllowed(Set.of("a.example"), Set.of()));
        assertTrue(names.isAllowed(Set.of(), Set.of()));
    }

    @Test
    void shouldAllowByHostname() {
        CertificateNames names = new CertificateNames(List.of("member"), List.of("*.peers.example", "0:0:0:0:0:0:0:1"));
        assertTrue(names.isAllowed(Set.of(), Set.of("a.PEERS.example")));
        assertTrue(names.isAllowed(Set.of(), Set.of("::1")));
        assertFalse(names.isAllowed(Set.of(), Set.of("a.b.peers.example")));
        assertFalse(names.isAllowed(Set.of(), Set.of("peers.example")));
        assertFalse(names.isAllowed(Set.of(), Set.of("127.0.0.1")));
        assertFalse(names.isAllowed(Set.of(), Set.of("member")));
    }
}
