package tenon.server.config;

import tenon.api.TenonException;

/// A flag, variable or config file that is not understood, or asks for what cannot be had.
public final class FlagException extends TenonException {
    private static final long serialVersionUID = 1L;

    public FlagException(String message) {
        super(message);
    }
}
