package tenon.server.peer;

import java.io.OutputStream;
import tenon.api.Message;

/// Where the bytes of a snapshot come from.
@FunctionalInterface
public interface SnapshotSource {
    /// Writes the whole state machine. Called once, on a thread of its own; the bytes go to a file, so that this takes
    /// no longer with a slow peer.
    ///
    /// @return what goes along: the mark and the configuration of what was really written, for the node that asked
    /// @throws java.util.concurrent.CancellationException from the target, when nobody wants it any more
    Message.InstallSnapshot writeTo(OutputStream target);
}
