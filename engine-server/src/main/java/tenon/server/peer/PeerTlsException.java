package tenon.server.peer;

import tenon.api.TenonException;

/// TLS between members cannot work as it is configured.
public final class PeerTlsException extends TenonException {
    private static final long serialVersionUID = 1L;

    public PeerTlsException(String message) {
        super(message);
    }

    public PeerTlsException(String message, Throwable cause) {
        super(message, cause);
    }
}
