package tenon.api;

/// Whose files these are.
public record NodeIdentity(long nodeId, long clusterId) {
    @Override
    public String toString() {
        return "node " + Long.toHexString(nodeId) + " of cluster " + Long.toHexString(clusterId);
    }
}
