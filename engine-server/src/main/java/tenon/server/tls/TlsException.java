package tenon.server.tls;

import tenon.api.TenonException;

/// TLS cannot work as it is configured.
public final class TlsException extends TenonException {
    private static final long serialVersionUID = 1L;

    public TlsException(String message) {
        super(message);
    }

    public TlsException(String message, Throwable cause) {
        super(message, cause);
    }
}
