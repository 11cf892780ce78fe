package tenon.server.replication;

import java.util.List;
import tenon.api.Message;

/// The way to the other members. Sending never blocks; messages may be lost.
@FunctionalInterface
public interface PeerTransport {
    /// For a cluster of one: there is nobody to talk to.
    PeerTransport NONE = messages -> {
        if (!messages.isEmpty()) {
            throw new IllegalStateException("a message to " + messages.getFirst().to() + ", but there are no peers");
        }
    };

    void send(List<Message> messages);
}
