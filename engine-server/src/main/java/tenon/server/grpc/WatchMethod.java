package tenon.server.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import tenon.api.MisuseException;
import tenon.server.auth.AuthService;
import tenon.server.error.EtcdError;
import tenon.server.rpc.WatchGrpc;
import tenon.server.rpc.WatchRequest;
import tenon.server.watch.WatchService;

/// Serves `etcdserverpb.Watch`, and knows the calls that are open. Safe for use by any thread.
final class WatchMethod implements ServerCallHandler<WatchRequest, WatchFrame>, AutoCloseable {
    private final WatchService service;
    private final AuthService auth;
    private final LeaderMonitor leaders;
    private final int fragmentBytesMax;
    private final Set<WatchCall> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /// @param leaders ends calls whose clients want a leader, when there is none
    /// @param fragmentBytesMax see [WatchCall]
    WatchMethod(WatchService service, AuthService auth, LeaderMonitor leaders, int fragmentBytesMax) {
        this.service = service;
        this.auth = auth;
        this.leaders = leaders;
        this.fragmentBytesMax = fragmentBytesMax;
    }

    ServerServiceDefinition bind() {
        return new ServiceMethods(WatchGrpc.getServiceDescriptor())
                .add(
                        WatchGrpc.getWatchMethod()
                                .toBuilder(WatchGrpc.getWatchMethod().getRequestMarshaller(), new WatchFrame.Marshaller())
                                .build(),
                        this)
                .build();
    }

    @Override
    public ServerCall.Listener<WatchRequest> startCall(ServerCall<WatchRequest, WatchFrame> call, Metadata headers) {
        WatchCall watch = new WatchCall(call, service, auth, fragmentBytesMax, this::forget);
        try {
            watch.start();
        } catch (MisuseException _) {
            call.close(EtcdError.STOPPED.status(), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        open.add(watch);
        if (LeaderInterceptor.isWanted(headers)) {
            leaders.add(watch, () -> watch.abort(EtcdError.NO_LEADER.status()));
        }
        if (closed) {
            watch.abort(EtcdError.STOPPED.status());
        }
        if (watch.isEnded()) {
            forget(watch);
        }
        return watch;
    }

    private void forget(WatchCall watch) {
        open.remove(watch);
        leaders.remove(watch);
    }

    int openCount() {
        return open.size();
    }

    /// Ends all calls, those that come later too. Their clients go to another member, or come again.
    @Override
    public void close() {
        closed = true;
        endAll(EtcdError.STOPPED.status());
    }

    /// Ends all calls that are open now.
    void endAll(Status status) {
        open.forEach(watch -> watch.abort(status));
    }
}
