package tenon.server.kv;

import java.util.function.Supplier;
import tenon.mvcc.CompactedException;
import tenon.mvcc.FutureRevisionException;
import tenon.mvcc.RevisionSpaceExhaustedException;
import tenon.server.error.EtcdError;

/// What clients are told when the key space refuses.
public final class MvccErrors {
    private MvccErrors() {}

    /// Runs the work; refusals of the key space come out as `RequestException`, everything else as it is.
    public static <T> T translated(Supplier<T> work) {
        try {
            return work.get();
        } catch (CompactedException e) {
            throw EtcdError.COMPACTED.exception();
        } catch (FutureRevisionException e) {
            throw EtcdError.FUTURE_REVISION.exception();
        } catch (RevisionSpaceExhaustedException e) {
            throw EtcdError.REVISION_SPACE_EXHAUSTED.exception();
        }
    }
}
