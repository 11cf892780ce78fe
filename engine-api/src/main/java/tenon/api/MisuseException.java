package tenon.api;

/// The calling code broke the contract of a method: a transaction used after its end, a key out of bounds, a write
/// through a read-only transaction. The state of the store, log or node is as if the call had not been made.
public class MisuseException extends TenonException {
    private static final long serialVersionUID = 1L;

    public MisuseException(String message) {
        super(message);
    }
}
