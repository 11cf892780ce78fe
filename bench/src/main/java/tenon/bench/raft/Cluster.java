package tenon.bench.raft;

/// Three nodes with an elected leader; used by one thread.
interface Cluster extends AutoCloseable {
    int NODE_COUNT = 3;
    int PROPOSAL_BYTES = 16;

    /// Proposes so many at once, and waits until the leader has applied them.
    void commit(int count);

    /// How many proposals a node has applied.
    long applied(int node);

    /// Lets the nodes do what they have to do, if they have no threads for that.
    void goOn();

    @Override
    void close();
}
