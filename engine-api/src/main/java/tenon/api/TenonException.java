package tenon.api;

/// The root of all errors that Tenon raises. The message says what was wrong, where, and what to do.
public abstract class TenonException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    protected TenonException(String message) {
        super(message);
    }

    protected TenonException(String message, Throwable cause) {
        super(message, cause);
    }
}
