package tenon.server.grpc;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.lang.System.Logger.Level;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import tenon.api.ProposalDroppedException;
import tenon.mvcc.CompactedException;
import tenon.mvcc.FutureRevisionException;
import tenon.mvcc.MalformedRecordException;
import tenon.mvcc.MvccException;
import tenon.mvcc.RevisionSpaceExhaustedException;
import tenon.server.error.EtcdError;
import tenon.server.error.RequestException;

/// What a client is told when a call failed. A refusal has the code and the words that etcd has for it. Anything else is
/// a defect or a broken medium: the log gets all of it once, the client one short sentence.
final class Failures {
    static final Status UNEXPECTED =
            Status.INTERNAL.withDescription("etcdserver: internal error, see the log of the server");

    private static final System.Logger LOG = System.getLogger(Failures.class.getName());

    private Failures() {}

    /// @param method the called method, for the log
    static Status toStatus(Throwable failure, String method) {
        Throwable cause = unwrap(failure);
        return switch (cause) {
            case RequestException refusal -> refusal.error().status();
            case MvccException refusal -> toError(refusal).status();
            case ProposalDroppedException dropped -> toError(dropped.reason()).status();
            case RejectedExecutionException _ -> EtcdError.TOO_MANY_REQUESTS.status();
            case TimeoutException _ -> EtcdError.TIMEOUT.status();
            case CancellationException _ -> Status.CANCELLED.withDescription("the call was cancelled");
            case StatusRuntimeException status -> status.getStatus();
            case StatusException status -> status.getStatus();
            default -> {
                LOG.log(Level.ERROR, method + " failed", cause);
                yield UNEXPECTED;
            }
        };
    }

    private static EtcdError toError(MvccException refusal) {
        return switch (refusal) {
            case CompactedException _ -> EtcdError.COMPACTED;
            case FutureRevisionException _ -> EtcdError.FUTURE_REVISION;
            case RevisionSpaceExhaustedException _ -> EtcdError.REVISION_SPACE_EXHAUSTED;
            case MalformedRecordException _ -> EtcdError.CORRUPT;
        };
    }

    private static EtcdError toError(ProposalDroppedException.Reason reason) {
        return switch (reason) {
            case NO_LEADER -> EtcdError.NO_LEADER;
            case FORWARDING_OFF -> EtcdError.NOT_LEADER;
            case LEADER_TRANSFER -> EtcdError.LEADER_CHANGED;
            case UNCOMMITTED_SIZE, CONF_CHANGE_PENDING -> EtcdError.TOO_MANY_REQUESTS;
            case NOT_A_MEMBER -> EtcdError.STOPPED;
        };
    }

    /// Futures wrap what they failed with, each stage anew.
    private static Throwable unwrap(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
