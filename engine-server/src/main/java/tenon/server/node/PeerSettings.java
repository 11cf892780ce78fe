package tenon.server.node;

import java.net.URI;
import java.util.List;
import tenon.server.ServerConfig;
import tenon.server.TlsFiles;
import tenon.server.peer.PeerOptions;

/// What a server's configuration says of the way to the other members.
final class PeerSettings {
    private PeerSettings() {}

    /// @param listenUrls empty for a node without a network
    /// @return null for a node without a network
    static PeerOptions of(ServerConfig config, List<URI> listenUrls, DataDirectory directory) {
        return listenUrls.isEmpty()
                ? null
                : PeerOptions.of(listenUrls, directory.snapshots())
                        .withAdvertisedUrls(config.peerUrls())
                        .withTls(tls(config));
    }

    /// @return null for none
    static TlsFiles tls(ServerConfig config) {
        return config.peerTls().hasCertificate() ? config.peerTls() : null;
    }
}
