package tenon.server.peer;

import tenon.api.TenonException;

/// The other end of a connection said what it must not say. The connection is closed, and nothing else happens.
final class PeerProtocolException extends TenonException {
    private static final long serialVersionUID = 1L;

    /// @param message what was wrong, such as "a frame of 5000000 bytes"
    PeerProtocolException(String message) {
        super(message);
    }
}
