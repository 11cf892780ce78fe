package tenon.server.replication;

import java.util.Comparator;
import java.util.Map;
import tenon.api.RaftStatus;
import tenon.api.RaftStatus.PeerProgress;

/// To whom a leader hands over.
public final class Successor {
    private Successor() {}

    /// The voter that was heard of lately and has most of the log.
    ///
    /// @return 0 if there is none, or the node does not lead
    public static long choose(RaftStatus leader) {
        return leader.progress().entrySet().stream()
                .filter(peer -> peer.getKey() != leader.nodeId()
                        && peer.getValue().recentlyActive()
                        && leader.confState().voters().contains(peer.getKey()))
                .max(Comparator.comparingLong((Map.Entry<Long, PeerProgress> peer) -> peer.getValue().matchIndex())
                        .thenComparing(Map.Entry::getKey))
                .map(Map.Entry::getKey)
                .orElse(0L);
    }
}
