package tenon.server.node;

import java.lang.System.Logger.Level;
import java.net.URI;
import java.util.List;
import tenon.api.Platform;
import tenon.server.ServerVersion;
import tenon.server.TlsFiles;
import tenon.server.membership.ClusterQuery;
import tenon.server.peer.ClusterMembers;
import tenon.server.peer.PeerProbe;
import tenon.server.peer.PeerProbeException;

/// Asks members over the network who they are.
///
/// @param tls null for none
record ProbedCluster(Platform platform, TlsFiles tls) implements ClusterQuery {
    private static final System.Logger LOG = System.getLogger(ProbedCluster.class.getName());
    private static final long TIMEOUT_NS = 1_000_000_000L;

    @Override
    public Answer find(List<String> peerUrls) {
        PeerProbe probe = new PeerProbe(platform, ServerVersion.text(), tls);
        for (String url : peerUrls) {
            try {
                ClusterMembers found = probe.members(URI.create(url), TIMEOUT_NS);
                return new Answer(found.clusterId(), found.members());
            } catch (PeerProbeException e) {
                LOG.log(Level.DEBUG, e.getMessage());
            }
        }
        return null;
    }
}
