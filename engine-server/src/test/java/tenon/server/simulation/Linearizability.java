package tenon.server.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Whether the history of one register can be explained by some order of its operations, in which each takes effect
/// between its call and its return. The search of Wing and Gong, with Lowe's memory of what was tried.
///
/// Each write but a deletion writes a value of its own. One without an answer may take effect at any time, or never: it never did, as
/// far as anybody can tell, if nobody saw its value.
public final class Linearizability {
    private static final long STEPS_MAX = 5_000_000;

    private final List<Operation> operations;
    private final Moment head = new Moment(null, 0, null);
    private final BitSet placed = new BitSet();
    private final Set<Tried> tried = new HashSet<>();
    private final Deque<Choice> choices = new ArrayDeque<>();
    private long value;

    /// The call of an operation, or its return.
    private static final class Moment {
        final Operation operation;
        final int index;

        /// For a call.
        final Moment end;

        Moment previous;
        Moment next;

        Moment(Operation operation, int index, Moment end) {
            this.operation = operation;
            this.index = index;
            this.end = end;
        }

        boolean isCall() {
            return end != null;
        }

        void remove() {
            previous.next = next;
            if (next != null) {
                next.previous = previous;
            }
        }

        void putBack() {
            previous.next = this;
            if (next != null) {
                next.previous = this;
            }
        }
    }

    private record Tried(BitSet placed, long value) {}

    private record Choice(Moment call, long valueBefore) {}

    private Linearizability(List<Operation> operations) {
        this.operations = operations;
    }

    /// @param operations of one key, in any order
    public static boolean holds(List<Operation> operations) {
        return new Linearizability(relevant(operations)).search();
    }

    /// Without those of which nobody knows whether they ever happened.
    private static List<Operation> relevant(List<Operation> all) {
        List<Operation> relevant =
                new ArrayList<>(all.stream().filter(Operation::isAnswered).toList());
        List<Operation> open = new ArrayList<>(all.stream()
                .filter(operation -> !operation.isAnswered() && operation.wrote())
                .toList());
        boolean grows = true;
        while (grows) {
            Set<Long> seen = relevant.stream().map(Linearizability::seenBy).collect(Collectors.toSet());
            List<Operation> effective = open.stream()
                    .filter(operation -> seen.contains(operation.written()))
                    .toList();
            relevant.addAll(effective);
            open.removeAll(effective);
            grows = !effective.isEmpty();
        }
        return relevant;
    }

    private static long seenBy(Operation operation) {
        return switch (operation.kind) {
            case GET -> operation.observed;
            case PUT, DELETE -> 0;
            case SWAP -> operation.isAnswered() ? operation.observed : operation.expected;
        };
    }

    private void link() {
        List<Moment> moments = new ArrayList<>();
        for (int i = 0; i < operations.size(); i++) {
            Moment end = new Moment(operations.get(i), i, null);
            moments.add(end);
            moments.add(new Moment(operations.get(i), i, end));
        }
        moments.sort(Comparator.comparingLong(
                moment -> moment.isCall() ? moment.operation.invokedAt : moment.operation.returnedAt));
        Moment last = head;
        for (Moment moment : moments) {
            last.next = moment;
            moment.previous = last;
            last = moment;
        }
    }

    private boolean search() {
        link();
        Moment moment = head.next;
        for (long step = 0; head.next != null; step++) {
            if (step > STEPS_MAX) {
                throw new IllegalStateException("this history of " + operations.size() + " operations is too hard");
            }
            if (moment.isCall()) {
                moment = tryNext(moment) ? head.next : moment.next;
            } else if (choices.isEmpty()) {
                return false;
            } else {
                Choice last = choices.pop();
                value = last.valueBefore;
                placed.clear(last.call.index);
                last.call.end.putBack();
                last.call.putBack();
                moment = last.call.next;
            }
        }
        return true;
    }

    /// Lets an operation be the next one, if that explains its answer and was not tried before.
    private boolean tryNext(Moment call) {
        Operation operation = call.operation;
        if (!explains(operation)) {
            return false;
        }
        long after = operation.wrote() ? operation.written() : value;
        placed.set(call.index);
        if (!tried.add(new Tried((BitSet) placed.clone(), after))) {
            placed.clear(call.index);
            return false;
        }
        choices.push(new Choice(call, value));
        value = after;
        call.remove();
        call.end.remove();
        return true;
    }

    private boolean explains(Operation operation) {
        return switch (operation.kind) {
            case PUT, DELETE -> true;
            case GET -> operation.observed == value;
            case SWAP -> (operation.isAnswered() ? operation.observed : operation.expected) == value;
        };
    }
}
