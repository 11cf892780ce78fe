package tenon.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.grpc.Status;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import tenon.api.ProposalDroppedException;
import tenon.api.StorageFullException;
import tenon.mvcc.CompactedException;
import tenon.mvcc.FutureRevisionException;
import tenon.mvcc.RevisionSpaceExhaustedException;
import tenon.server.error.EtcdError;

class FailuresTest {
    @Test
    void shouldTellRefusalsInTheWordsOfEtcd() {
        for (EtcdError error : EtcdError.values()) {
            assertTold(error.status(), error.exception());
            assertTold(error.status(), new CompletionException(new ExecutionException(error.exception())));
        }
        assertTold(EtcdError.COMPACTED.status(), new CompactedException(3, 4));
        assertTold(EtcdError.FUTURE_REVISION.status(), new FutureRevisionException(5, 4));
        assertTold(EtcdError.REVISION_SPACE_EXHAUSTED.status(), new RevisionSpaceExhaustedException(Long.MAX_VALUE));
        assertTold(EtcdError.TIMEOUT.status(), new TimeoutException());
        assertTold(EtcdError.TOO_MANY_REQUESTS.status(), new RejectedExecutionException());
    }

    @Test
    void shouldTellWhyAProposalWasDroppedW12() {
        assertTold(
                EtcdError.NO_LEADER.status(), new ProposalDroppedException(ProposalDroppedException.Reason.NO_LEADER));
        for (ProposalDroppedException.Reason reason : ProposalDroppedException.Reason.values()) {
            Status status = Failures.toStatus(new ProposalDroppedException(reason), "m");
            assertEquals(true, status.getDescription().startsWith("etcdserver: "), reason.toString());
        }
    }

    @Test
    void shouldTellCancellation() {
        assertEquals(
                Status.Code.CANCELLED,
                Failures.toStatus(new CancellationException(), "m").getCode());
    }

    @Test
    void shouldKeepDefectsAndBrokenDisksToItself() {
        assertTold(Failures.UNEXPECTED, new IllegalStateException("secret"));
        assertTold(Failures.UNEXPECTED, new StorageFullException("secret", Path.of("db"), null));
        assertTold(Failures.UNEXPECTED, new AssertionError("secret"));
        assertTold(Failures.UNEXPECTED, new CompletionException(null));
    }

    private static void assertTold(Status expected, Throwable failure) {
        Status status = Failures.toStatus(failure, "etcdserverpb.KV/Put");
        assertEquals(expected.getCode(), status.getCode());
        assertEquals(expected.getDescription(), status.getDescription());
    }
}
