package tenon.server.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.function.Supplier;
import tenon.server.error.EtcdError;
import tenon.server.rpc.MaintenanceGrpc;

/// While the state of this member is not to be trusted, or not compared yet, it answers only what operators need to see
/// and mend that; nobody gets a copy of it.
final class RefusalInterceptor implements ServerInterceptor {
    private static final String PACKAGE = "etcdserverpb.";

    private final Supplier<EtcdError> refusal;

    /// @param refusal why clients are not served, null while they are; must not block
    RefusalInterceptor(Supplier<EtcdError> refusal) {
        this.refusal = refusal;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        EtcdError reason = isForOperators(call) ? null : refusal.get();
        if (reason == null) {
            return next.startCall(call, headers);
        }
        call.close(reason.status(), new Metadata());
        return new ServerCall.Listener<>() {};
    }

    private static boolean isForOperators(ServerCall<?, ?> call) {
        String method = call.getMethodDescriptor().getFullMethodName();
        return !method.startsWith(PACKAGE)
                || method.startsWith(MaintenanceGrpc.SERVICE_NAME)
                        && !method.equals(MaintenanceGrpc.getSnapshotMethod().getFullMethodName());
    }
}
