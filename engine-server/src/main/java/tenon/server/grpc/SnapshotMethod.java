package tenon.server.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import tenon.server.auth.AuthService;
import tenon.server.maintenance.MaintenanceService;
import tenon.server.rpc.SnapshotRequest;
import tenon.server.rpc.SnapshotResponse;

/// Serves `Snapshot`: one request, a stream of chunks. The store is read no faster than the client takes the chunks.
final class SnapshotMethod implements ServerCallHandler<SnapshotRequest, SnapshotResponse> {
    private final MaintenanceService service;
    private final AuthService auth;
    private final BlockingLane lane;

    SnapshotMethod(MaintenanceService service, AuthService auth, BlockingLane lane) {
        this.service = service;
        this.auth = auth;
        this.lane = lane;
    }

    @Override
    public ServerCall.Listener<SnapshotRequest> startCall(
            ServerCall<SnapshotRequest, SnapshotResponse> call, Metadata headers) {
        // The request, and a second one to see the end: a client may send that late.
        call.request(2);
        SnapshotStream stream = new SnapshotStream(call);
        return new ServerCall.Listener<>() {
            @Override
            public void onHalfClose() {
                auth.checkRoot().whenComplete((_, refusal) -> {
                    if (refusal == null) {
                        start(call, stream);
                    } else {
                        close(call, refusal);
                    }
                });
            }

            @Override
            public void onReady() {
                stream.onReady();
            }

            @Override
            public void onCancel() {
                stream.onReady();
            }
        };
    }

    private void start(ServerCall<SnapshotRequest, SnapshotResponse> call, SnapshotStream stream) {
        try {
            lane.execute(() -> send(call, stream));
        } catch (RejectedExecutionException e) {
            close(call, e);
        }
    }

    private void send(ServerCall<SnapshotRequest, SnapshotResponse> call, SnapshotStream stream) {
        if (call.isCancelled()) {
            return;
        }
        try {
            call.sendHeaders(new Metadata());
            service.snapshot(stream, stream::onSize);
            stream.sendChecksum();
            call.close(Status.OK, new Metadata());
        } catch (CancellationException _) {
            // The client has gone, nobody is left to be told.
        } catch (RuntimeException e) {
            close(call, e);
        }
    }

    private static void close(ServerCall<SnapshotRequest, SnapshotResponse> call, Throwable failure) {
        if (!call.isCancelled()) {
            call.close(
                    Failures.toStatus(failure, call.getMethodDescriptor().getFullMethodName()), new Metadata());
        }
    }
}
