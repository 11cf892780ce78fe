package tenon.server.replication;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import tenon.api.Consensus;
import tenon.api.ProposalDroppedException;
import tenon.api.ReadState;
import tenon.server.error.EtcdError;
import tenon.server.metrics.NodeCounters;

/// Linearizable reads on their way to be confirmed. All who ask in one turn of the loop make a round, with one question
/// to the leader. For who has the loop's turn only.
final class ReadRounds {
    /// Question or answer may have got lost.
    private static final int RETRY_TICKS = 5;

    private final Consensus node;
    private final NodeCounters counters;

    private List<CompletableFuture<Long>> arriving = new ArrayList<>();
    /// By the context that the question bears.
    private final Map<Long, Round> waiting = new LinkedHashMap<>();
    private long lastContext;

    private static final class Round {
        final List<CompletableFuture<Long>> reads;
        int silentTicks;

        Round(List<CompletableFuture<Long>> reads) {
            this.reads = reads;
        }
    }

    /// @param lastContext a place of its own in each life of the node: late answers of an earlier life must not be taken
    ///     for ours
    ReadRounds(Consensus node, NodeCounters counters, long lastContext) {
        this.node = node;
        this.counters = counters;
        this.lastContext = lastContext;
    }

    /// @param read completes with the index that must be applied before the read
    void add(CompletableFuture<Long> read) {
        arriving.add(read);
    }

    /// Whether a question is on its way.
    boolean areWaiting() {
        return !waiting.isEmpty();
    }

    /// Asks for all that have come since the last time.
    void ask() {
        if (arriving.isEmpty()) {
            return;
        }
        Round round = new Round(arriving);
        arriving = new ArrayList<>();
        long context = ++lastContext;
        try {
            node.readIndex(context);
            waiting.put(context, round);
            counters.readIndexRounds.increment();
            counters.linearizableReads.add(round.reads.size());
        } catch (ProposalDroppedException e) {
            fail(round, ReplicationLoop.errorOf(e));
        }
    }

    /// Asks the leader, another node, again. Whoever is told of no leader waits for one, or for its deadline.
    void onTick() {
        waiting.forEach((context, round) -> {
            if (++round.silentTicks >= RETRY_TICKS) {
                round.silentTicks = 0;
                counters.slowReadIndexes.increment();
                try {
                    node.readIndex(context);
                } catch (ProposalDroppedException noLeader) {
                    assert noLeader.reason() == ProposalDroppedException.Reason.NO_LEADER : noLeader;
                }
            }
        });
        waiting.values().removeIf(round -> round.reads.stream().allMatch(CompletableFuture::isDone));
    }

    void onAnswer(ReadState answer) {
        Round round = waiting.remove(answer.context());
        if (round != null) {
            round.reads.forEach(read -> read.complete(answer.raftIndex()));
        }
    }

    void failAll(EtcdError error) {
        waiting.values().forEach(round -> fail(round, error));
        waiting.clear();
        fail(new Round(arriving), error);
        arriving = new ArrayList<>();
    }

    private static void fail(Round round, EtcdError error) {
        round.reads.forEach(read -> read.completeExceptionally(error.exception()));
    }
}
