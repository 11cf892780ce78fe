package tenon.server.error;

import tenon.api.NodeIdentity;
import tenon.api.TenonException;

/// The member was removed from its cluster, for ever.
public final class MemberRemovedException extends TenonException {
    private static final long serialVersionUID = 1L;

    public MemberRemovedException(NodeIdentity identity) {
        super(identity + " has been permanently removed from the cluster: to take part again, it must be added as a new"
                + " member, with an empty data directory");
    }
}
