package tenon.server.apply;

import tenon.api.NodeIdentity;
import tenon.server.rpc.ResponseHeader;

/// Heads responses with who answers.
public record ResponseHeaders(NodeIdentity identity) {
    /// @param revision of the store when the request was served
    /// @param raftTerm in which it was served
    public ResponseHeader of(long revision, long raftTerm) {
        return ResponseHeader.newBuilder()
                .setClusterId(identity.clusterId())
                .setMemberId(identity.nodeId())
                .setRevision(revision)
                .setRaftTerm(raftTerm)
                .build();
    }
}
