package tenon.server.node;

import java.util.function.LongConsumer;
import tenon.mvcc.MvccStore;
import tenon.server.kv.Proposer;
import tenon.server.replication.ReplicationLoop;

/// Proposes the compactions that nobody asked for. All members do so: who is too late, or not in touch with a leader,
/// saves everybody the entry.
record CompactionProposer(MvccStore store, ReplicationLoop loop, Proposer proposer) implements LongConsumer {
    @Override
    public void accept(long revision) {
        if (loop.view().hasLeader() && revision > store.compactedRevision() && revision <= store.currentRevision()) {
            proposer.proposeForNobody(proposal -> proposal.getCompactionBuilder().setRevision(revision));
        }
    }
}
