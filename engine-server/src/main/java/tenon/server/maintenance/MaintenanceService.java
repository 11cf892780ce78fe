package tenon.server.maintenance;

import java.io.OutputStream;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import tenon.server.rpc.AlarmRequest;
import tenon.server.rpc.AlarmResponse;
import tenon.server.rpc.AlarmType;
import tenon.server.rpc.DefragmentResponse;
import tenon.server.rpc.HashKVRequest;
import tenon.server.rpc.HashKVResponse;
import tenon.server.rpc.HashResponse;
import tenon.server.rpc.MoveLeaderRequest;
import tenon.server.rpc.MoveLeaderResponse;
import tenon.server.rpc.StagesResponse;
import tenon.server.rpc.StatusResponse;

/// Serves operators. Methods that return a plain value may block for long: call them on a thread that may wait. They
/// fail with [tenon.server.error.RequestException].
public interface MaintenanceService {
    CompletableFuture<AlarmResponse> alarm(AlarmRequest request);

    StatusResponse status();

    DefragmentResponse defragment();

    HashResponse hash();

    HashKVResponse hashKeyspace(HashKVRequest request);

    /// Writes a consistent copy of the store file.
    ///
    /// @param onSize is told the size in bytes first
    void snapshot(OutputStream target, LongConsumer onSize);

    /// Hands leadership from this member, which leads, to another.
    CompletableFuture<MoveLeaderResponse> moveLeader(MoveLeaderRequest request);

    StagesResponse stages();

    /// Why this node cannot serve, or an empty text if it can: the log and the store take writes, no alarm stands, there
    /// is a leader, and a linearizable read was answered just now. In etcd's words where it has them: `ALARM NOSPACE`,
    /// `RAFT NO LEADER`, `RANGE ERROR:…`.
    ///
    /// @param ignoredAlarms alarms that do not count
    /// @param serializable whether a read of this member's own state is enough, so that there need be no leader
    /// @return completes within the time that a request has, never exceptionally
    CompletableFuture<String> healthProblem(Set<AlarmType> ignoredAlarms, boolean serializable);

    /// Why a check fails, or an empty text if it does not.
    ///
    /// @return completes within the time that a request has, never exceptionally
    CompletableFuture<String> check(HealthCheck check);
}
