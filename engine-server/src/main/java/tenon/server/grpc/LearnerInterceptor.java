package tenon.server.grpc;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.Set;
import java.util.function.BooleanSupplier;
import tenon.server.error.EtcdError;
import tenon.server.rpc.KVGrpc;
import tenon.server.rpc.MaintenanceGrpc;
import tenon.server.rpc.RangeRequest;

/// While this member is a learner, it answers only what concerns itself: its status, a snapshot, serializable reads. For
/// all else its client is to go to another member.
final class LearnerInterceptor implements ServerInterceptor {
    private static final String PACKAGE = "etcdserverpb.";
    private static final Set<MethodDescriptor<?, ?>> SERVED =
            Set.of(MaintenanceGrpc.getStatusMethod(), MaintenanceGrpc.getSnapshotMethod());

    private final BooleanSupplier isLearner;

    LearnerInterceptor(BooleanSupplier isLearner) {
        this.isLearner = isLearner;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        String method = call.getMethodDescriptor().getFullMethodName();
        if (!method.startsWith(PACKAGE) || !isLearner.getAsBoolean() || isServed(method)) {
            return next.startCall(call, headers);
        }
        if (method.equals(KVGrpc.getRangeMethod().getFullMethodName())) {
            return new OnlySerializable<>(call, next.startCall(call, headers));
        }
        refuse(call);
        return new ServerCall.Listener<>() {};
    }

    private static boolean isServed(String method) {
        return SERVED.stream().anyMatch(served -> served.getFullMethodName().equals(method));
    }

    private static void refuse(ServerCall<?, ?> call) {
        call.close(EtcdError.NOT_SUPPORTED_FOR_LEARNER.status(), new Metadata());
    }

    /// Lets a read pass if it wants no more than what this member has.
    private static final class OnlySerializable<Q> extends SimpleForwardingServerCallListener<Q> {
        private final ServerCall<Q, ?> call;
        private boolean refused;

        OnlySerializable(ServerCall<Q, ?> call, ServerCall.Listener<Q> next) {
            super(next);
            this.call = call;
        }

        @Override
        public void onMessage(Q message) {
            if (message instanceof RangeRequest range && !range.getSerializable()) {
                refused = true;
                refuse(call);
            } else {
                super.onMessage(message);
            }
        }

        @Override
        public void onHalfClose() {
            if (!refused) {
                super.onHalfClose();
            }
        }
    }
}
