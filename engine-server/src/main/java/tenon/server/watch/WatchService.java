package tenon.server.watch;

import tenon.mvcc.WatchSink;
import tenon.mvcc.WatchStream;
import tenon.server.rpc.ResponseHeader;

/// Serves those who watch. Never blocks the calling thread.
public interface WatchService {
    /// Opens a stream without watches.
    ///
    /// @throws tenon.api.MisuseException when the node is closed
    WatchStream open(WatchSink sink);

    /// The revision of the store.
    long revision();

    /// Heads a response that is true at a revision.
    ResponseHeader header(long revision);
}
