package tenon.server.node;

import tenon.raft.RaftOptions;
import tenon.server.ServerConfig;

/// What a server's configuration says of Raft.
final class RaftSettings {
    /// Above this, writes are refused: while a disk hangs, they must not fill the memory.
    private static final long UNCOMMITTED_BYTES_MAX = 64L << 20;
    private static final long UNCOMMITTED_REQUESTS_MAX = 4;
    /// So much is on its way to one member: while its disk hangs, it waits in that member's memory.
    private static final long INFLIGHT_BYTES_MAX = Math.min(64L << 20, Runtime.getRuntime().maxMemory() / 16);

    private RaftSettings() {}

    static RaftOptions of(ServerConfig config, long nodeId, long seed) {
        return RaftOptions.of(nodeId)
                .electionTicks(Math.toIntExact(config.electionTimeoutMs() / config.heartbeatIntervalMs()))
                .heartbeatTicks(1)
                .seed(seed)
                .inflightSizeMaxBytes(INFLIGHT_BYTES_MAX)
                .uncommittedSizeMaxBytes(
                        Math.max(UNCOMMITTED_BYTES_MAX, UNCOMMITTED_REQUESTS_MAX * config.maxRequestBytes()))
                .build();
    }
}
