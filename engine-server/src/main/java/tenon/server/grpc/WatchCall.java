package tenon.server.grpc;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import tenon.mvcc.WatchEvent;
import tenon.mvcc.WatchNotice;
import tenon.mvcc.WatchRequest.Wants;
import tenon.mvcc.WatchSink;
import tenon.mvcc.WatchStream;
import tenon.server.auth.AuthService;
import tenon.server.error.EtcdError;
import tenon.server.error.GoStatus;
import tenon.server.error.RequestException;
import tenon.server.kv.Records;
import tenon.server.rpc.WatchCreateRequest;
import tenon.server.rpc.WatchCreateRequest.FilterType;
import tenon.server.rpc.WatchRequest;
import tenon.server.rpc.WatchResponse;
import tenon.server.watch.WatchService;

/// One call of `Watch`: its requests are done one after the other, and the notices of its stream become responses. The
/// next request is read only when the connection has room for its response.
final class WatchCall extends ServerCall.Listener<WatchRequest> implements WatchSink {
    /// What a connection may hold that was not sent, in bytes; then its watches fall behind.
    static final int READY_SIZE_BYTES_MAX = 1 << 19;

    /// What is told of no watch, or of all.
    private static final long NO_WATCH_ID = -1;

    private static final ByteString FIRST_KEY = ByteString.copyFrom(new byte[1]);

    private final ServerCall<WatchRequest, WatchFrame> call;
    private final WatchService service;
    private final AuthService auth;
    private final int fragmentBytesMax;
    private final Consumer<WatchCall> onEnd;
    private WatchStream stream;

    // Guarded by this. Invariant: nothing is sent once it has ended.
    private boolean ended;
    private boolean requestWaits;

    /// @param fragmentBytesMax responses of watches that take fragments are smaller, unless they have one event
    /// @param onEnd told once
    WatchCall(
            ServerCall<WatchRequest, WatchFrame> call,
            WatchService service,
            AuthService auth,
            int fragmentBytesMax,
            Consumer<WatchCall> onEnd) {
        this.call = call;
        this.service = service;
        this.auth = auth;
        this.fragmentBytesMax = fragmentBytesMax;
        this.onEnd = onEnd;
    }

    /// @throws tenon.api.MisuseException when the node is closed
    void start() {
        call.setOnReadyThreshold(READY_SIZE_BYTES_MAX);
        call.sendHeaders(new Metadata());
        stream = service.open(this);
        call.request(1);
    }

    @Override
    public void onMessage(WatchRequest request) {
        if (request == null) {
            abort(Status.INTERNAL.withDescription("the request is malformed"));
            return;
        }
        switch (request.getRequestUnionCase()) {
            case CREATE_REQUEST -> {
                create(request.getCreateRequest());
                return;
            }
            case CANCEL_REQUEST -> stream.cancel(request.getCancelRequest().getWatchId());
            case PROGRESS_REQUEST -> stream.requestProgress();
            // What a client of a later version may send is passed over, as etcd does.
            case REQUESTUNION_NOT_SET -> {}
        }
        requestNext();
    }

    private void create(WatchCreateRequest request) {
        ByteString key = request.getKey().isEmpty() ? FIRST_KEY : request.getKey();
        tenon.mvcc.WatchRequest watch = new tenon.mvcc.WatchRequest(
                request.getWatchId(),
                Records.range(key, request.getRangeEnd()),
                request.getStartRevision(),
                new Wants(
                        !request.getFiltersList().contains(FilterType.NOPUT),
                        !request.getFiltersList().contains(FilterType.NODELETE),
                        request.getPrevKv(),
                        request.getProgressNotify(),
                        request.getFragment()));
        if (request.getStartRevision() < 0) {
            // Refused by the stream, whoever asks.
            stream.watch(watch);
            requestNext();
            return;
        }
        auth.checkRead(key, request.getRangeEnd()).whenComplete((_, refusal) -> {
            if (refusal == null) {
                stream.watch(watch);
            } else {
                send(refused(service.revision(), GoStatus.text(reason(refusal).status())));
            }
            requestNext();
        });
    }

    /// Only what has to do with the token or the user is told as it is.
    private static EtcdError reason(Throwable refusal) {
        Throwable cause = refusal instanceof CompletionException ? refusal.getCause() : refusal;
        return cause instanceof RequestException known
                ? switch (known.error()) {
                    case INVALID_AUTH_TOKEN, AUTH_OLD_REVISION, USER_EMPTY -> known.error();
                    default -> EtcdError.PERMISSION_DENIED;
                }
                : EtcdError.PERMISSION_DENIED;
    }

    private void requestNext() {
        synchronized (this) {
            requestWaits = !call.isReady();
            if (requestWaits) {
                return;
            }
        }
        call.request(1);
    }

    @Override
    public void onReady() {
        boolean wasWaiting;
        synchronized (this) {
            wasWaiting = requestWaits;
            requestWaits = false;
        }
        if (wasWaiting) {
            call.request(1);
        }
        stream.onReady();
    }

    @Override
    public void onHalfClose() {
        abort(Status.OK);
    }

    @Override
    public void onCancel() {
        if (markEnded()) {
            stream.close();
        }
    }

    /// Ends the call, whoever asks for that.
    void abort(Status status) {
        stream.close();
        close(status);
    }

    @Override
    public boolean isReady() {
        return call.isReady();
    }

    @Override
    public void end(Throwable failure) {
        close(
                failure == null
                        ? EtcdError.STOPPED.status()
                        : Failures.toStatus(failure, call.getMethodDescriptor().getFullMethodName()));
    }

    private void close(Status status) {
        synchronized (this) {
            if (markEnded()) {
                call.close(status, new Metadata());
            }
        }
    }

    synchronized boolean isEnded() {
        return ended;
    }

    private synchronized boolean markEnded() {
        if (ended) {
            return false;
        }
        ended = true;
        onEnd.accept(this);
        return true;
    }

    @Override
    public void send(WatchNotice notice) {
        switch (notice) {
            case WatchNotice.Created created -> send(head(notice, created.watchId()).setCreated(true));
            case WatchNotice.Refused refused -> send(refused(refused.revision(), text(refused.refusal())));
            case WatchNotice.Events some -> sendEvents(some);
            case WatchNotice.Progress progress -> send(head(notice, progress.watchId()));
            case WatchNotice.Canceled canceled -> send(head(notice, canceled.watchId()).setCanceled(true));
            // Without the store's revision in the header, as in etcd.
            case WatchNotice.Compacted compacted -> send(WatchResponse.newBuilder()
                    .setHeader(service.header(0))
                    .setWatchId(compacted.watchId())
                    .setCanceled(true)
                    .setCompactRevision(compacted.revision()));
        }
    }

    private WatchResponse.Builder head(WatchNotice notice, long watchId) {
        return WatchResponse.newBuilder()
                .setHeader(service.header(notice.revision()))
                .setWatchId(watchId);
    }

    private WatchResponse.Builder refused(long revision, String reason) {
        return WatchResponse.newBuilder()
                .setHeader(service.header(revision))
                .setWatchId(NO_WATCH_ID)
                .setCreated(true)
                .setCanceled(true)
                .setCancelReason(reason);
    }

    private static String text(WatchNotice.Refusal refusal) {
        return switch (refusal) {
            case DUPLICATE_ID -> "mvcc: duplicate watch ID provided on the WatchStream";
            case EMPTY_RANGE -> "mvcc: watcher range is empty";
            case NEGATIVE_REVISION -> EtcdError.COMPACTED.text();
        };
    }

    private void sendEvents(WatchNotice.Events some) {
        WatchResponse.Builder head = head(some, some.watchId());
        WatchFrame whole = new WatchFrame(head.build(), some.events());
        if (!some.mayFragment() || some.events().size() < 2 || whole.sizeBytes() < fragmentBytesMax) {
            send(whole);
            return;
        }
        WatchResponse more = head.setFragment(true).build();
        int headBytes = more.getSerializedSize();
        List<WatchEvent> part = new ArrayList<>();
        int partBytes = headBytes;
        for (WatchEvent event : some.events()) {
            int eventBytes = WatchFrame.fieldSizeBytes(event);
            if (!part.isEmpty() && partBytes + eventBytes >= fragmentBytesMax) {
                send(new WatchFrame(more, part));
                part = new ArrayList<>();
                partBytes = headBytes;
            }
            part.add(event);
            partBytes += eventBytes;
        }
        send(new WatchFrame(whole.head(), part));
    }

    private void send(WatchResponse.Builder response) {
        send(new WatchFrame(response.build(), List.of()));
    }

    private synchronized void send(WatchFrame frame) {
        if (!ended) {
            call.sendMessage(frame);
        }
    }
}
