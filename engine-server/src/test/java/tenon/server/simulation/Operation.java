package tenon.server.simulation;

/// What a client asked for, when, and what it was told.
public final class Operation {
    static final long NEVER = Long.MAX_VALUE;

    /// What it is.
    public enum Kind {
        GET,
        PUT,
        SWAP,
        DELETE
    }

    final long id;
    final Kind kind;
    final int key;

    /// For a swap.
    final long expected;

    final int client;

    /// Moments of the history, each of its own number.
    final long invokedAt;

    long returnedAt = NEVER;

    /// What any leader had committed when it was asked for.
    long committedBefore;

    /// What a read found, or what a swap found before it.
    long observed;

    /// @param id of its own, from 1; what it writes, unless it is a deletion
    /// @param expected for a swap: the id that must be there, 0 for none
    /// @param invokedAt a moment that is no other operation's
    public Operation(long id, Kind kind, int key, long expected, int client, long invokedAt) {
        this.id = id;
        this.kind = kind;
        this.key = key;
        this.expected = expected;
        this.client = client;
        this.invokedAt = invokedAt;
    }

    /// Told its result.
    ///
    /// @param found the id that was there, 0 for none: for a read and a swap
    public Operation answered(long at, long found) {
        returnedAt = at;
        observed = found;
        return this;
    }

    boolean isAnswered() {
        return returnedAt != NEVER;
    }

    /// Whether its value was there afterwards.
    boolean wrote() {
        return switch (kind) {
            case GET -> false;
            case PUT, DELETE -> true;
            case SWAP -> !isAnswered() || observed == expected;
        };
    }

    /// What it leaves behind if it wrote; 0 for nothing.
    long written() {
        return kind == Kind.DELETE ? 0 : id;
    }

    StateMachine.Command command() {
        return new StateMachine.Command(id, key, kind == Kind.SWAP ? expected : StateMachine.Command.ANYTHING);
    }

    @Override
    public String toString() {
        String what = switch (kind) {
            case GET -> "get k" + key;
            case PUT -> "put k" + key + "=" + id;
            case SWAP -> "swap k" + key + " " + expected + "->" + id;
            case DELETE -> "delete k" + key;
        };
        return what + " [" + invokedAt + ", " + (isAnswered() ? returnedAt + "]" : "?")
                + (isAnswered() && (kind == Kind.GET || kind == Kind.SWAP) ? " found " + observed : "");
    }
}
