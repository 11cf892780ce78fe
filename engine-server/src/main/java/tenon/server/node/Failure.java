package tenon.server.node;

import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;

/// The first thing that ended the work of a node. Safe for use by any thread.
public final class Failure {
    private static final System.Logger LOG = System.getLogger(Failure.class.getName());

    private final CompletableFuture<Throwable> reason = new CompletableFuture<>();

    /// Notes a reason; only the first one counts.
    void report(String where, Throwable cause) {
        if (reason.complete(cause)) {
            LOG.log(Level.ERROR, where + " failed, the node stops", cause);
        }
    }

    /// Completes when the node's work has ended by itself.
    public CompletableFuture<Throwable> reason() {
        return reason.copy();
    }

    /// Throws it, if there is one.
    void check() {
        switch (find()) {
            case null -> {}
            case RuntimeException known -> throw known;
            case Error known -> throw known;
            case Throwable other -> throw new IllegalStateException(other);
        }
    }

    /// Null while all is well.
    public Throwable find() {
        return reason.getNow(null);
    }
}
