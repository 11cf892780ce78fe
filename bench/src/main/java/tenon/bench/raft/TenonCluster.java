package tenon.bench.raft;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import tenon.api.ConfState;
import tenon.api.Entry;
import tenon.api.Message;
import tenon.api.Ready;
import tenon.raft.RaftNode;
import tenon.raft.RaftOptions;
import tenon.raft.RecoveredState;

/// Nodes that store by saying that they did. Nobody ticks: nothing is ever late.
final class TenonCluster implements Cluster {
    private static final byte[] PROPOSAL = new byte[PROPOSAL_BYTES];
    /// Entries are forgotten in pieces of this many.
    private static final long COMPACT_EVERY = 8_192;

    private final RaftNode[] nodes = new RaftNode[NODE_COUNT];
    private final long[] applied = new long[NODE_COUNT];
    private final long[] compactedIndexes = new long[NODE_COUNT];
    private final ArrayDeque<Message> messages = new ArrayDeque<>();

    TenonCluster() {
        RecoveredState founded = founded(Set.of(1L, 2L, 3L));
        for (int node = 0; node < NODE_COUNT; node++) {
            nodes[node] = RaftNode.start(RaftOptions.of(node + 1L).build(), founded);
        }
        nodes[0].campaign();
        carryOut(0);
        while (!messages.isEmpty()) {
            goOn();
        }
    }

    /// Founders that have applied what founds the cluster.
    private static RecoveredState founded(Set<Long> voters) {
        RecoveredState founding = RecoveredState.founding(voters);
        return new RecoveredState(
                founding.snapshot(), founding.hardState(), founding.entries(), ConfState.ofVoters(voters),
                founding.entries().size());
    }

    @Override
    public void commit(int count) {
        long target = applied[0] + count;
        nodes[0].propose(Collections.nCopies(count, PROPOSAL));
        carryOut(0);
        while (applied[0] < target) {
            goOn();
        }
    }

    /// Delivers what is under way, and lets everyone answer.
    @Override
    public void goOn() {
        for (int left = messages.size(); left > 0; left--) {
            Message message = messages.remove();
            nodes[(int) message.to() - 1].step(message);
        }
        for (int node = 0; node < NODE_COUNT; node++) {
            carryOut(node);
        }
    }

    private void carryOut(int node) {
        while (nodes[node].hasReady()) {
            Ready ready = nodes[node].ready();
            messages.addAll(ready.messages());
            nodes[node].onStored(ready.number());
            messages.addAll(ready.messagesAfterStored());
            apply(node, ready.committedEntries());
        }
    }

    private void apply(int node, List<Entry> entries) {
        if (entries.isEmpty()) {
            return;
        }
        for (Entry entry : entries) {
            applied[node] += entry.data().length == PROPOSAL_BYTES ? 1 : 0;
        }
        long appliedIndex = entries.getLast().raftIndex();
        nodes[node].onApplied(appliedIndex);
        // Some stay, for members that lag.
        if (appliedIndex - compactedIndexes[node] >= 2 * COMPACT_EVERY) {
            compactedIndexes[node] += COMPACT_EVERY;
            nodes[node].compact(compactedIndexes[node]);
        }
    }

    @Override
    public long applied(int node) {
        return applied[node];
    }

    @Override
    public void close() {}
}
