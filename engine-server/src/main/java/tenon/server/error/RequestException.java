package tenon.server.error;

import tenon.api.TenonException;

/// A request was refused. Carries no stack trace: it is an answer, not a defect.
public final class RequestException extends TenonException {
    private static final long serialVersionUID = 1L;

    private final EtcdError error;

    RequestException(EtcdError error) {
        super(error.text());
        this.error = error;
    }

    public EtcdError error() {
        return error;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
