package tenon.server.peer;

import java.nio.file.Path;
import java.util.Set;

/// TLS between members, as etcd's flags `--peer-…` say it. All files are PEM; the key has no password.
///
/// @param certFile shown to others, whichever side opens the connection
/// @param trustedCaFile whoever shows a certificate must have it from one of these; null for those that Java trusts
/// @param clientCertAuth whether those who connect must show a certificate; they must anyway if there is a trusted CA
/// @param allowedCns common names that their certificates must have one of; empty for any
/// @param allowedHostnames names or addresses that their certificates must be valid for one of; empty for any
public record PeerTls(
        Path certFile,
        Path keyFile,
        Path trustedCaFile,
        boolean clientCertAuth,
        Set<String> allowedCns,
        Set<String> allowedHostnames) {
    public PeerTls {
        allowedCns = Set.copyOf(allowedCns);
        allowedHostnames = Set.copyOf(allowedHostnames);
        if (!allowedCns.isEmpty() && !allowedHostnames.isEmpty()) {
            throw new PeerTlsException("certificates are checked for allowed CNs or for allowed hostnames, not for both");
        }
        if (!clientCertAuth && trustedCaFile == null && !(allowedCns.isEmpty() && allowedHostnames.isEmpty())) {
            throw new PeerTlsException("allowed CNs or hostnames need client certificates to be required");
        }
    }

    /// As in etcd, to name whom to trust is to require certificates.
    boolean requiresClientCertificates() {
        return clientCertAuth || trustedCaFile != null;
    }
}
