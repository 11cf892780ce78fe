package tenon.server.error;

import java.net.SocketAddress;
import tenon.api.TenonException;

/// An address to listen on cannot be had: another process has it, or it is none of this machine.
public final class ListenException extends TenonException {
    private static final long serialVersionUID = 1L;

    public ListenException(SocketAddress address, Throwable cause) {
        super("cannot listen on " + address + ": " + reason(cause), cause);
    }

    private static String reason(Throwable cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
