package tenon.server.peer;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// All connections that are there, whichever side opened them. Safe for use by any thread.
final class Connections {
    private final Set<PeerConnection> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger acceptedCount = new AtomicInteger();

    void add(PeerConnection connection) {
        open.add(connection);
        if (connection instanceof AcceptedConnection) {
            acceptedCount.incrementAndGet();
        }
    }

    void remove(PeerConnection connection) {
        if (open.remove(connection) && connection instanceof AcceptedConnection) {
            acceptedCount.decrementAndGet();
        }
    }

    int acceptedCount() {
        return acceptedCount.get();
    }

    /// Whether the node has a connection to us.
    boolean hasAcceptedFrom(long nodeId) {
        return open.stream()
                .anyMatch(connection -> connection instanceof AcceptedConnection accepted && accepted.isFrom(nodeId));
    }

    void closeAcceptedFrom(long nodeId, String reason) {
        for (PeerConnection connection : open) {
            if (connection instanceof AcceptedConnection accepted && accepted.isFrom(nodeId)) {
                connection.close(reason);
            }
        }
    }

    /// Time has passed.
    void onTick(long nowNs) {
        open.forEach(connection -> connection.onTimer(nowNs));
    }

    void closeAll(String reason) {
        open.forEach(connection -> connection.close(reason));
    }
}
