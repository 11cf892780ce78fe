package tenon.server.peer;

import java.util.List;
import tenon.server.rpc.Member;

/// A cluster as one of its nodes knows it.
///
/// @param nodeId who says so
/// @param serverVersion of that node
public record ClusterMembers(long clusterId, long nodeId, String serverVersion, List<Member> members) {
    public ClusterMembers {
        members = List.copyOf(members);
    }
}
