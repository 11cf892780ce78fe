package tenon.server.grpc;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import tenon.server.error.EtcdError;
import tenon.server.maintenance.HealthCheck;
import tenon.server.maintenance.MaintenanceService;
import tenon.server.rpc.AlarmMember;
import tenon.server.rpc.AlarmRequest;
import tenon.server.rpc.AlarmResponse;
import tenon.server.rpc.AlarmType;
import tenon.server.rpc.DefragmentResponse;
import tenon.server.rpc.HashKVRequest;
import tenon.server.rpc.HashKVResponse;
import tenon.server.rpc.HashResponse;
import tenon.server.rpc.MoveLeaderRequest;
import tenon.server.rpc.MoveLeaderResponse;
import tenon.server.rpc.StageLatency;
import tenon.server.rpc.StagesResponse;
import tenon.server.rpc.StatusResponse;

/// A node in the state that a test wants.
public final class FakeMaintenance implements MaintenanceService {
    /// The node's alarms, as `/health` sees them.
    public volatile Set<AlarmType> alarms = Set.of();
    /// Why no clients are served; null while they are.
    volatile EtcdError refusal;
    public volatile boolean hasLeader = true;
    /// What a linearizable read finds, when it gets there.
    public volatile CompletableFuture<String> linearizableProblem = CompletableFuture.completedFuture("");
    public volatile RuntimeException thrown;

    volatile byte[] snapshot = new byte[0];
    /// What the snapshot claims to be larger than it is.
    volatile long missingBytes;
    final AtomicLong snapshotWrittenBytes = new AtomicLong();
    final CountDownLatch snapshotEnded = new CountDownLatch(1);
    final CountDownLatch defragmentMayEnd = new CountDownLatch(1);
    final CountDownLatch defragmentBegan = new CountDownLatch(1);

    @Override
    public CompletableFuture<AlarmResponse> alarm(AlarmRequest request) {
        AlarmMember member = AlarmMember.newBuilder()
                .setMemberID(request.getMemberID())
                .setAlarm(request.getAlarm())
                .build();
        return CompletableFuture.completedFuture(
                AlarmResponse.newBuilder().setHeader(FakeKv.HEADER).addAlarms(member).build());
    }

    @Override
    public StatusResponse status() {
        return StatusResponse.newBuilder().setHeader(FakeKv.HEADER).setVersion("3.4.23").build();
    }

    @Override
    public DefragmentResponse defragment() {
        defragmentBegan.countDown();
        try {
            if (!defragmentMayEnd.await(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody let the defragmentation end");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return DefragmentResponse.newBuilder().setHeader(FakeKv.HEADER).build();
    }

    @Override
    public HashResponse hash() {
        return HashResponse.newBuilder().setHash(0xFFFF_FFFF).build();
    }

    @Override
    public HashKVResponse hashKeyspace(HashKVRequest request) {
        return HashKVResponse.newBuilder()
                .setHash(5)
                .setHashRevision(request.getRevision())
                .build();
    }

    @Override
    public void snapshot(OutputStream target, LongConsumer onSize) {
        try {
            onSize.accept(snapshot.length + missingBytes);
            int pageBytes = 4096;
            for (int index = 0; index < snapshot.length; index += pageBytes) {
                int count = Math.min(pageBytes, snapshot.length - index);
                target.write(snapshot, index, count);
                snapshotWrittenBytes.addAndGet(count);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            snapshotEnded.countDown();
        }
    }

    @Override
    public CompletableFuture<MoveLeaderResponse> moveLeader(MoveLeaderRequest request) {
        return CompletableFuture.failedFuture(EtcdError.BAD_LEADER_TRANSFEREE.exception());
    }

    @Override
    public StagesResponse stages() {
        return StagesResponse.newBuilder()
                .addStages(StageLatency.newBuilder().setStage("apply").setCount(4))
                .build();
    }

    @Override
    public CompletableFuture<String> healthProblem(Set<AlarmType> ignoredAlarms, boolean serializable) {
        if (thrown != null) {
            throw thrown;
        }
        for (AlarmType alarm : alarms) {
            if (!ignoredAlarms.contains(alarm)) {
                return CompletableFuture.completedFuture("ALARM " + alarm);
            }
        }
        if (serializable) {
            return CompletableFuture.completedFuture("");
        }
        return hasLeader ? linearizableProblem : CompletableFuture.completedFuture("RAFT NO LEADER");
    }

    @Override
    public CompletableFuture<String> check(HealthCheck check) {
        if (thrown != null) {
            throw thrown;
        }
        return switch (check) {
            case LINEARIZABLE_READ -> linearizableProblem;
            case DATA_CORRUPTION -> CompletableFuture.completedFuture(
                    alarms.contains(AlarmType.CORRUPT) ? "alarm activated: CORRUPT" : "");
            case SERIALIZABLE_READ -> CompletableFuture.completedFuture(refusal == null ? "" : refusal.text());
            case LOCAL_READ, NON_LEARNER -> CompletableFuture.completedFuture("");
        };
    }
}
