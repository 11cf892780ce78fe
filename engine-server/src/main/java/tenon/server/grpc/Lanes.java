package tenon.server.grpc;

import tenon.api.Threads;

/// The lanes of a listener.
///
/// @param state answers at once, unless the node is in trouble: state, health, metrics
/// @param work may take long, and then burdens the store: hashes, defragmentation
/// @param snapshots take as long as their clients do
/// @param passwords are hashed, which keeps a processor busy for a tenth of a second
record Lanes(BlockingLane state, BlockingLane work, BlockingLane snapshots, BlockingLane passwords)
        implements AutoCloseable {
    private static final int WAITING_COUNT_MAX = 256;

    static Lanes start(Threads threads) {
        return new Lanes(
                new BlockingLane(threads, "tenon-rpc-state", 2, WAITING_COUNT_MAX),
                new BlockingLane(threads, "tenon-rpc-work", 2, WAITING_COUNT_MAX),
                new BlockingLane(threads, "tenon-rpc-snapshot", 4, WAITING_COUNT_MAX),
                new BlockingLane(threads, "tenon-rpc-password", 2, WAITING_COUNT_MAX));
    }

    @Override
    public void close() {
        passwords.close();
        snapshots.close();
        work.close();
        state.close();
    }
}
