package tenon.server.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.function.BooleanSupplier;
import tenon.server.error.EtcdError;

/// Turns a call away while there is no leader, if its client asks for that (`hasleader: true` in the metadata), so that
/// the client can go to another member instead of waiting here.
final class LeaderInterceptor implements ServerInterceptor {
    static final Metadata.Key<String> HAS_LEADER = Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

    private final BooleanSupplier hasLeader;

    LeaderInterceptor(BooleanSupplier hasLeader) {
        this.hasLeader = hasLeader;
    }

    /// Whether a client wants to be served only while there is a leader.
    static boolean isWanted(Metadata headers) {
        return "true".equals(headers.get(HAS_LEADER));
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        if (isWanted(headers) && !hasLeader.getAsBoolean()) {
            call.close(EtcdError.NO_LEADER.status(), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        return next.startCall(call, headers);
    }
}
