package tenon.server.replication;

import java.util.List;
import tenon.api.Message;

/// The way to the other members. Sending never blocks; messages may be lost.
@FunctionalInterface
public interface PeerTransport {
    /// For a node without a network: whoever else there is hears nothing of it.
    PeerTransport NONE = _ -> {};

    void send(List<Message> messages);
}
