package tenon.server.membership;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;

/// Derives who members and clusters are from what they were made with: the ids that an etcd would give them. So all
/// founders, who know nothing of each other but their configuration, come to the same ones.
public final class MemberIdentity {
    private MemberIdentity() {}

    /// The id of a founder.
    ///
    /// @param peerUrls under which other members reach it, in any order
    /// @param clusterToken tells clusters apart that are made of the same members
    public static long ofFounder(Collection<String> peerUrls, String clusterToken) {
        return ofMember(peerUrls, clusterToken);
    }

    /// The id of a member that is added to a cluster. One that comes back later under the same URLs gets another.
    ///
    /// @param wallSeconds since 1970-01-01T00:00Z
    public static long ofAdded(Collection<String> peerUrls, long wallSeconds) {
        return ofMember(peerUrls, Long.toString(wallSeconds));
    }

    /// The id of a cluster.
    ///
    /// @param founderIds in any order
    public static long ofCluster(Collection<Long> founderIds) {
        ByteBuffer ids = ByteBuffer.allocate(Long.BYTES * founderIds.size());
        founderIds.stream().sorted(Long::compareUnsigned).forEach(ids::putLong);
        return hash(ids.array());
    }

    private static long ofMember(Collection<String> peerUrls, String salt) {
        String urls = String.join("", peerUrls.stream().sorted().toList());
        return hash((urls + salt).getBytes(StandardCharsets.UTF_8));
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
