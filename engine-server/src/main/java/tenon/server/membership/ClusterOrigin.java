package tenon.server.membership;

import java.util.List;
import tenon.api.ConfChange;
import tenon.api.NodeIdentity;
import tenon.server.rpc.Member;

/// Where a member has its place in a cluster from.
public sealed interface ClusterOrigin {
    NodeIdentity identity();

    /// It founds the cluster, alone or with others, who come to the same.
    ///
    /// @param changes the first entries of the log: one for each founder
    record Founding(NodeIdentity identity, List<ConfChange> changes) implements ClusterOrigin {
        public Founding {
            changes = List.copyOf(changes);
        }
    }

    /// It was added to a cluster, and waits for its leader.
    ///
    /// @param members of that cluster, itself among them, as one of them told; what the log tells later goes before it
    record Joining(NodeIdentity identity, List<Member> members) implements ClusterOrigin {
        public Joining {
            members = List.copyOf(members);
        }
    }

    /// Its files say so.
    record Restarting(NodeIdentity identity) implements ClusterOrigin {}
}
