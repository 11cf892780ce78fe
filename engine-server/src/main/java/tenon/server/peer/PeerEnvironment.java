package tenon.server.peer;

import io.netty.channel.EventLoop;
import java.net.URI;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import tenon.api.Clock;
import tenon.api.NodeIdentity;
import tenon.api.Platform;
import tenon.server.tls.TlsContext;

/// What all connections of a network share.
///
/// @param advertisedUrls told to those who may not know us yet
/// @param tls null for none
record PeerEnvironment(
        Platform platform,
        NodeIdentity self,
        String serverVersion,
        PeerOptions options,
        PeerHandler handler,
        Supplier<List<URI>> advertisedUrls,
        TlsContext tls,
        Notices notices,
        Connections connections) {
    Clock clock() {
        return platform.clock();
    }

    PeerOptions.Timing timing() {
        return options.timing();
    }

    PeerOptions.Limits limits() {
        return options.limits();
    }

    /// Runs the task on the loop, unless the network has been closed.
    static void execute(EventLoop loop, Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException _) {
            // Closing closes all connections; there is nothing left to do.
        }
    }
}
