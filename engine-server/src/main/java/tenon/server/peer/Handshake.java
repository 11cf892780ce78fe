package tenon.server.peer;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import tenon.api.NodeIdentity;
import tenon.server.peer.wire.Hello;
import tenon.server.peer.wire.Purpose;
import tenon.server.peer.wire.Refused;

/// Who may talk to whom. Pure functions.
final class Handshake {
    /// A member has a few.
    private static final int URL_COUNT_MAX = 16;

    private Handshake() {}

    /// What this node says first to another one, or answers to it.
    static Hello hello(PeerEnvironment world, long toNodeId, Purpose purpose) {
        return Hello.newBuilder()
                .setProtocolVersion(PeerLayout.PROTOCOL_VERSION)
                .setProtocolVersionMin(PeerLayout.PROTOCOL_VERSION_MIN)
                .setServerVersion(world.serverVersion())
                .setClusterId(world.self().clusterId())
                .setFromNodeId(world.self().nodeId())
                .setToNodeId(toNodeId)
                .setPurpose(purpose)
                .addAllPeerUrls(
                        world.advertisedUrls().get().stream().map(URI::toString).toList())
                .build();
    }

    /// Why somebody who says this is not let in; null if nothing speaks against it.
    static Refused findRefusal(Hello hello, NodeIdentity self, boolean isRemoved) {
        if (!speaks(hello.getProtocolVersion(), hello.getProtocolVersionMin())) {
            return refused(
                    Refused.Reason.INCOMPATIBLE_VERSION,
                    versions(hello.getProtocolVersionMin(), hello.getProtocolVersion()));
        }
        if (hello.getClusterId() != self.clusterId()) {
            return refused(
                    Refused.Reason.OTHER_CLUSTER,
                    "cluster " + hex(hello.getClusterId()) + " was meant, this is cluster " + hex(self.clusterId()));
        }
        if (hello.getToNodeId() != self.nodeId()) {
            return refused(
                    Refused.Reason.OTHER_NODE,
                    "node " + hex(hello.getToNodeId()) + " was meant, this is node " + hex(self.nodeId()));
        }
        if (isRemoved) {
            return refused(
                    Refused.Reason.REMOVED,
                    "node " + hex(hello.getFromNodeId()) + " was removed from the cluster for good");
        }
        boolean purpose = hello.getPurpose() != Purpose.PURPOSE_UNSPECIFIED && hello.getPurpose() != Purpose.UNRECOGNIZED;
        if (!purpose || hello.getFromNodeId() == 0 || hello.getFromNodeId() == self.nodeId()) {
            return refused(Refused.Reason.MALFORMED, "node " + hex(hello.getFromNodeId()) + " is no peer of this node");
        }
        return null;
    }

    /// Whether both sides have a version of the protocol in common.
    static boolean speaks(int version, int versionMin) {
        return version >= PeerLayout.PROTOCOL_VERSION_MIN && versionMin <= PeerLayout.PROTOCOL_VERSION;
    }

    static String versions(int versionMin, int version) {
        return "it speaks versions " + Integer.toUnsignedString(versionMin) + " to "
                + Integer.toUnsignedString(version) + " of the protocol of members, this node "
                + PeerLayout.PROTOCOL_VERSION_MIN + " to " + PeerLayout.PROTOCOL_VERSION;
    }

    /// Where a node says that it can be reached.
    ///
    /// @throws IllegalArgumentException if that is no place, or none at all
    static List<URI> urls(Hello hello) {
        if (hello.getPeerUrlsCount() == 0 || hello.getPeerUrlsCount() > URL_COUNT_MAX) {
            throw new IllegalArgumentException(hello.getPeerUrlsCount() + " URLs");
        }
        List<URI> urls = new ArrayList<>();
        for (String text : hello.getPeerUrlsList()) {
            URI url = URI.create(text);
            PeerUrl.check(url);
            urls.add(url);
        }
        return urls;
    }

    static Refused refused(Refused.Reason reason, String text) {
        return Refused.newBuilder().setReason(reason).setText(text).build();
    }

    static String hex(long id) {
        return Long.toHexString(id);
    }
}
