package tenon.server.membership;

import java.util.List;
import tenon.server.rpc.Member;

/// Asks members of a running cluster who they are, for a node that has no part in it yet.
@FunctionalInterface
public interface ClusterQuery {
    /// For a node without a network.
    ClusterQuery NONE = _ -> null;

    /// Asks at these peer URLs, one after the other, until one answers. Blocks, for a bounded time.
    ///
    /// @return null if none answers
    Answer find(List<String> peerUrls);

    /// What a member says.
    ///
    /// @param members as that one knows them; empty if it has joined nothing itself
    record Answer(long clusterId, List<Member> members) {
        public Answer {
            members = List.copyOf(members);
        }
    }
}
