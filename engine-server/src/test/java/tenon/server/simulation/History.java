package tenon.server.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import tenon.server.simulation.Tally.Event;

/// Clients, each with one operation at a time, and all that they saw.
final class History {
    private static final int CLIENTS = 4;
    private static final int PATIENCE_UNITS = 25 * Timeline.TICK_UNITS;
    private static final int PAUSE_MAX_UNITS = 5 * Timeline.TICK_UNITS;
    private static final int PADDING_MAX_BYTES = 80;

    private final World world;
    private final RandomGenerator random;
    private final List<Operation> operations = new ArrayList<>();

    /// By client: what it waits for, or null.
    private final Operation[] current = new Operation[CLIENTS];

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

    private void pause(int client) {
        world.timeline.after(1 + random.nextInt(PAUSE_MAX_UNITS), () -> ask(client));
    }

    private void ask(int client) {
        if (isOver) {
            return;
        }
        int key = random.nextInt(StateMachine.KEYS);
        int dice = random.nextInt(10);
        Operation.Kind kind = dice < 4 ? Operation.Kind.GET : dice < 8 ? Operation.Kind.PUT : Operation.Kind.SWAP;
        Operation operation = new Operation(newId(), kind, key, likelyValue(key), client, ++lastMoment);
        Member member = random.nextInt(3) == 0 ? null : world.findLeader();
        if (member == null) {
            List<Member> all = List.copyOf(world.members());
            member = all.get(random.nextInt(all.size()));
        }
        int padding = random.nextInt(PADDING_MAX_BYTES);
        if (!member.isResponsive()) {
            pause(client);
            return;
        }
        current[client] = operation;
        operations.add(operation);
        long memberId = member.id;
        world.trace.note(memberId, "ask", operation::toString);
        if (!member.ask(operation, padding)) {
            world.trace.note(memberId, "dropped", operation::toString);
            world.laws.onDropped(operation.id);
            operations.remove(operation);
            current[client] = null;
            pause(client);
            return;
        }
        world.timeline.after(PATIENCE_UNITS, () -> {
            if (current[client] == operation) {
                world.tally.count(Event.OPERATIONS_WITHOUT_ANSWER);
                current[client] = null;
                ask(client);
            }
        });
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
            pause(operation.client);
        }
    }

    void check() {
        for (int key = 0; key < StateMachine.KEYS; key++) {
            int ofKey = key;
            List<Operation> all = operations.stream()
                    .filter(operation -> operation.key == ofKey)
                    .toList();
            Laws.check(Linearizability.holds(all), "linearizability of\n  "
                    + all.stream().map(Operation::toString).collect(Collectors.joining("\n  ")));
        }
    }
}
