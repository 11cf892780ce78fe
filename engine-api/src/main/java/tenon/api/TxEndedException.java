package tenon.api;

/// A transaction, or a bucket, cursor or value that came from it, was used after the transaction ended, or a value
/// of a write transaction was used after a later write of the same transaction may have moved it.
public final class TxEndedException extends MisuseException {
    private static final long serialVersionUID = 1L;

    public TxEndedException(String message) {
        super(message);
    }
}
