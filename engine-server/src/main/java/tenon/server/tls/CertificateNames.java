package tenon.server.tls;

import io.netty.handler.ssl.SslHandler;
import io.netty.util.NetUtil;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.security.auth.x500.X500Principal;

/// Who a certificate says its holder is.
///
/// @param commonNames of the subject
/// @param hostnames that it is valid for, with wildcards as they are
public record CertificateNames(List<String> commonNames, List<String> hostnames) {
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    static CertificateNames of(X509Certificate certificate) {
        List<String> hostnames = new ArrayList<>();
        try {
            var names = certificate.getSubjectAlternativeNames();
            for (List<?> name : names == null ? List.<List<?>>of() : names) {
                int kind = (Integer) name.get(0);
                if (kind == DNS_NAME || kind == IP_ADDRESS) {
                    hostnames.add((String) name.get(1));
                }
            }
        } catch (CertificateParsingException _) {
            // Valid for nothing then.
            hostnames.clear();
        }
        return new CertificateNames(
                commonNames(certificate.getSubjectX500Principal().getName(X500Principal.RFC2253)), hostnames);
    }

    /// Those of the certificate that the other side of a connection has shown.
    ///
    /// @throws SSLPeerUnverifiedException if it has shown none
    public static CertificateNames shown(SslHandler handler) throws SSLPeerUnverifiedException {
        return of((X509Certificate) handler.engine().getSession().getPeerCertificates()[0]);
    }

    /// Whether the holder may connect.
    public boolean isAllowed(Collection<String> allowedCns, Collection<String> allowedHostnames) {
        if (!allowedCns.isEmpty()) {
            return commonNames.stream().anyMatch(allowedCns::contains);
        }
        return allowedHostnames.isEmpty()
                || allowedHostnames.stream()
                        .anyMatch(allowed -> hostnames.stream().anyMatch(name -> covers(name, allowed)));
    }

    /// The values of `CN` in a distinguished name as RFC 2253 writes it: the one that comes last in the certificate first.
    static List<String> commonNames(String distinguishedName) {
        List<String> found = new ArrayList<>();
        try {
            for (Rdn part : new LdapName(distinguishedName).getRdns().reversed()) {
                Attribute named = part.toAttributes().get("CN");
                for (int i = 0; named != null && i < named.size(); i++) {
                    // What is no text names nobody.
                    if (named.get(i) instanceof String name) {
                        found.add(name);
                    }
                }
            }
        } catch (NamingException _) {
            found.clear();
        }
        return found;
    }

    private static boolean covers(String name, String wanted) {
        byte[] address = NetUtil.createByteArrayFromIpAddressString(wanted);
        if (address != null) {
            return isAddress(name, address);
        }
        String lowerName = name.toLowerCase(Locale.ROOT);
        String lowerWanted = wanted.toLowerCase(Locale.ROOT);
        int dot = lowerWanted.indexOf('.');
        return lowerName.equals(lowerWanted)
                || lowerName.startsWith("*.") && dot > 0 && lowerName.substring(1).equals(lowerWanted.substring(dot));
    }

    private static boolean isAddress(String name, byte[] address) {
        byte[] named = NetUtil.createByteArrayFromIpAddressString(name);
        return named != null && Arrays.equals(named, address);
    }
}
