package tenon.server.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import tenon.api.ProposalDroppedException;
import tenon.api.ReadState;
import tenon.server.simulation.Tally.Event;

/// Who waits for an answer from a member: by id, and those that wait for an index to be applied.
final class MemberClients {
    private final Member member;
    private final Map<Long, Operation> writes = new HashMap<>();
    private final Map<Long, Operation> reads = new HashMap<>();
    private final List<ConfirmedRead> confirmedReads = new ArrayList<>();

    private record ConfirmedRead(Operation operation, long index) {}

    MemberClients(Member member) {
        this.member = member;
    }

    void clear() {
        writes.clear();
        reads.clear();
        confirmedReads.clear();
    }

    /// The member is responsive. Whether it was taken.
    boolean ask(Operation operation, int paddingBytes) {
        boolean[] taken = new boolean[1];
        Map<Long, Operation> waiting = operation.kind == Operation.Kind.GET ? reads : writes;
        member.input(() -> {
            try {
                waiting.put(operation.id, operation);
                if (operation.kind == Operation.Kind.GET) {
                    member.node().readIndex(operation.id);
                } else {
                    member.node().propose(List.of(operation.command().encode(paddingBytes)));
                }
                taken[0] = true;
            } catch (ProposalDroppedException e) {
                waiting.remove(operation.id);
            }
        });
        return taken[0];
    }

    void onConfirmed(ReadState read) {
        Operation operation = reads.remove(read.context());
        if (operation != null) {
            Laws.check(
                    read.raftIndex() >= operation.committedBefore,
                    () -> "a read sees what was committed: " + read + " at " + member.id + ", but "
                            + operation.committedBefore + " was committed before " + operation);
            confirmedReads.add(new ConfirmedRead(operation, read.raftIndex()));
        }
    }

    /// @param before what the command found
    void onApplied(long commandId, long before) {
        Operation operation = writes.remove(commandId);
        if (operation != null) {
            member.world.laws.onAcknowledged(commandId);
            member.world.tally.count(Event.WRITES_ACKNOWLEDGED);
            member.world.history.onAnswer(operation, before, member.id);
        }
    }

    void answerReads() {
        StateMachine state = member.state();
        for (Iterator<ConfirmedRead> waiting = confirmedReads.iterator(); waiting.hasNext(); ) {
            ConfirmedRead read = waiting.next();
            if (read.index <= state.raftIndex()) {
                waiting.remove();
                member.world.tally.count(Event.READS_ANSWERED);
                member.world.history.onAnswer(read.operation, state.value(read.operation.key), member.id);
            }
        }
    }
}
