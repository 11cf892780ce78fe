package tenon.bench.cluster;

/// What a turn tells, by its name in an [tenon.bench.measure.Outcome].
enum Figure {
    P50("p50"),
    P99("p99"),
    P999("p999"),
    /// Processor time of all members for each operation, ns.
    SERVER_CPU("server-cpu"),
    /// Processor time of the client for each operation, ns.
    CLIENT_CPU("client-cpu"),
    /// How often a thread of a member went to sleep, for each operation.
    SWITCHES("switches"),
    /// Share of all processors that members and client took together.
    BUSY("busy"),
    /// Share of one processor that the servers took whose turn it was not.
    RESTING("resting"),
    /// Memory of all members, kB.
    RSS("rss"),
    /// The part of it that is no file.
    ANON("anon"),
    /// How many terms began.
    TERMS("terms");

    final String key;

    Figure(String key) {
        this.key = key;
    }
}
