package tenon.server.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import tenon.server.simulation.Tally.Event;

/// Clients, each with one operation at a time, and all that they saw.
final class History {
    private static final int CLIENTS = 6;

    /// One more, who asks only when told to, and waits for no answer.
    private static final int SPY = CLIENTS;
    private static final int PATIENCE_MIN_UNITS = 4 * Timeline.TICK_UNITS;
    private static final int PATIENCE_MORE_UNITS = 12 * Timeline.TICK_UNITS;
    private static final int PAUSE_MAX_UNITS = 3 * Timeline.TICK_UNITS;
    private static final int PADDING_MAX_BYTES = 80;

    private final World world;
    private final RandomGenerator random;
    private final List<Operation> operations = new ArrayList<>();

    /// By client: what it waits for, or null.
    private final Operation[] current = new Operation[CLIENTS + 1];

    private long lastMoment;
    private long lastId;
    private boolean isOver;

    History(World world, RandomGenerator random) {
        this.world = world;
        this.random = random;
    }

    void begin() {
        for (int client = 0; client < CLIENTS; client++) {
            pause(client);
        }
    }

    /// Nobody asks for more.
    void end() {
        isOver = true;
    }

    /// For a write that no client asked for.
    long newId() {
        return ++lastId;
    }

    /// Reads at this member what is there now.
    void spy(Member member) {
        if (!isOver && member.isResponsive()) {
            int key = random.nextInt(StateMachine.KEYS);
            ask(member, new Operation(newId(), Operation.Kind.GET, key, 0, SPY, ++lastMoment), 0);
        }
    }

    private void pause(int client) {
        world.timeline.after(1 + random.nextInt(PAUSE_MAX_UNITS), () -> ask(client));
    }

    private void ask(int client) {
        if (isOver) {
            return;
        }
        int key = random.nextInt(StateMachine.KEYS);
        int dice = random.nextInt(10);
        Operation.Kind kind = dice < 5 ? Operation.Kind.GET : dice < 8 ? Operation.Kind.PUT : Operation.Kind.SWAP;
        Operation operation = new Operation(newId(), kind, key, likelyValue(key), client, ++lastMoment);
        Member member = choose();
        int padding = random.nextInt(PADDING_MAX_BYTES);
        if (!member.isResponsive()) {
            pause(client);
            return;
        }
        if (!ask(member, operation, padding)) {
            pause(client);
            return;
        }
        world.timeline.after(PATIENCE_MIN_UNITS + random.nextInt(PATIENCE_MORE_UNITS), () -> {
            if (current[client] == operation) {
                world.tally.count(Event.OPERATIONS_WITHOUT_ANSWER);
                current[client] = null;
                ask(client);
            }
        });
    }

    /// Whether it was taken.
    private boolean ask(Member member, Operation operation, int paddingBytes) {
        operation.committedBefore = world.laws.committedIndex();
        current[operation.client] = operation;
        operations.add(operation);
        world.trace.note(member.id, "ask", operation::toString);
        if (member.clients.ask(operation, paddingBytes)) {
            return true;
        }
        world.trace.note(member.id, "dropped", operation::toString);
        world.laws.onDropped(operation.id);
        operations.remove(operation);
        current[operation.client] = null;
        return false;
    }

    /// The leader, somebody who takes itself for one, or anybody.
    private Member choose() {
        List<Member> all = List.copyOf(world.members());
        List<Member> leaders = all.stream().filter(Member::leads).toList();
        Member leader = world.findLeader();
        int dice = random.nextInt(10);
        if (dice < 3 && leader != null) {
            return leader;
        }
        List<Member> those = dice < 6 && !leaders.isEmpty() ? leaders : all;
        return those.get(random.nextInt(those.size()));
    }

    /// What some client may believe that the key holds.
    private long likelyValue(int key) {
        for (Operation operation : operations.reversed()) {
            if (operation.key == key && operation.isAnswered() && random.nextInt(3) > 0) {
                return operation.kind == Operation.Kind.PUT ? operation.id : operation.observed;
            }
        }
        return 0;
    }

    void onAnswer(Operation operation, long observed, long memberId) {
        if (current[operation.client] == operation) {
            operation.returnedAt = ++lastMoment;
            operation.observed = observed;
            world.trace.note(memberId, "answer", operation::toString);
            current[operation.client] = null;
            if (operation.client != SPY) {
                pause(operation.client);
            }
        }
    }

    void check() {
        for (int key = 0; key < StateMachine.KEYS; key++) {
            int ofKey = key;
            List<Operation> all = operations.stream()
                    .filter(operation -> operation.key == ofKey)
                    .toList();
            Laws.check(Linearizability.holds(all), () -> "linearizability of\n  "
                    + all.stream().map(Operation::toString).collect(Collectors.joining("\n  ")));
        }
    }
}
