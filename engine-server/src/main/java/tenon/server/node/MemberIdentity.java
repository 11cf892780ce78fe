package tenon.server.node;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import tenon.api.NodeIdentity;

/// Derives who a member is from what it is configured with: the ids that an etcd would have.
final class MemberIdentity {
    private MemberIdentity() {}

    /// The identity of the only founding member of a cluster.
    ///
    /// @param peerUrls under which other members would reach it
    /// @param clusterToken tells clusters apart that are made of the same members
    static NodeIdentity ofFounder(List<URI> peerUrls, String clusterToken) {
        String urls = String.join("", peerUrls.stream().map(URI::toString).sorted().toList());
        long nodeId = hash((urls + clusterToken).getBytes(StandardCharsets.UTF_8));
        long clusterId = hash(ByteBuffer.allocate(Long.BYTES).putLong(nodeId).array());
        return new NodeIdentity(nodeId, clusterId);
    }

    /// The first eight bytes of the SHA-1 hash; never 0, which stands for nobody.
    private static long hash(byte[] bytes) {
        try {
            long hash = ByteBuffer.wrap(MessageDigest.getInstance("SHA-1").digest(bytes)).getLong();
            return hash == 0 ? 1 : hash;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
