package tenon.server.watch;

import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import tenon.mvcc.WatchHub;
import tenon.mvcc.WatchSink;
import tenon.mvcc.WatchStream;
import tenon.server.rpc.ResponseHeader;

/// The [WatchService] of a node.
///
/// @param currentRevision of the store
/// @param headers by revision
public record NodeWatchService(WatchHub hub, LongSupplier currentRevision, LongFunction<ResponseHeader> headers)
        implements WatchService {
    @Override
    public WatchStream open(WatchSink sink) {
        return hub.open(sink);
    }

    @Override
    public long revision() {
        return currentRevision.getAsLong();
    }

    @Override
    public ResponseHeader header(long revision) {
        return headers.apply(revision);
    }
}
