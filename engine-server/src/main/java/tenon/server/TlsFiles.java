package tenon.server;

import java.nio.file.Path;
import java.util.List;

/// What one side of connections shows and trusts, all in PEM.
///
/// @param certFile what it shows; null without TLS
/// @param keyFile of that certificate; null without TLS
/// @param trustedCaFile who may sign what the other side shows; null for whom the system trusts
/// @param clientCertAuth whether who connects must show a certificate; it must anyway if there is a trusted CA
/// @param allowedCommonNames of which one must be in the certificate of who connects; empty for any
/// @param allowedHostnames of which one must be in the certificate of who connects; empty for any
public record TlsFiles(
        Path certFile,
        Path keyFile,
        Path trustedCaFile,
        boolean clientCertAuth,
        List<String> allowedCommonNames,
        List<String> allowedHostnames) {
    public static final TlsFiles NONE = new TlsFiles(null, null, null, false, List.of(), List.of());

    public TlsFiles {
        allowedCommonNames = List.copyOf(allowedCommonNames);
        allowedHostnames = List.copyOf(allowedHostnames);
    }

    /// As in etcd, to name whom to trust is to require certificates of those who connect.
    public boolean requiresClientCertificates() {
        return clientCertAuth || trustedCaFile != null;
    }

    /// Whether there is something to show, which every listener with TLS needs.
    public boolean hasCertificate() {
        return certFile != null && keyFile != null;
    }
}
