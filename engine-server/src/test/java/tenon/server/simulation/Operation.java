package tenon.server.simulation;

/// What a client asked for, when, and what it was told.
final class Operation {
    static final long NEVER = Long.MAX_VALUE;

    /// What it is.
    enum Kind {
        GET,
        PUT,
        SWAP
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

    Operation(long id, Kind kind, int key, long expected, int client, long invokedAt) {
        this.id = id;
        this.kind = kind;
        this.key = key;
        this.expected = expected;
        this.client = client;
        this.invokedAt = invokedAt;
    }

    boolean isAnswered() {
        return returnedAt != NEVER;
    }

    /// Whether its value was there afterwards.
    boolean wrote() {
        return kind == Kind.PUT || kind == Kind.SWAP && (!isAnswered() || observed == expected);
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
        };
        return what + " [" + invokedAt + ", " + (isAnswered() ? returnedAt + "]" : "?")
                + (isAnswered() && kind != Kind.PUT ? " found " + observed : "");
    }
}
