package tenon.server.membership;

import tenon.api.TenonException;

/// What a node is told of its cluster does not fit together, or not to the cluster that is there.
public final class BootstrapException extends TenonException {
    private static final long serialVersionUID = 1L;

    BootstrapException(String message) {
        super(message);
    }
}
