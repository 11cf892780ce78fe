package tenon.mvcc;

/// Bytes that should be a record of the key space are none. From an opened [MvccStore] it comes as a
/// [tenon.api.CorruptDataException] that names the file.
public final class MalformedRecordException extends MvccException {
    private static final long serialVersionUID = 1L;

    public MalformedRecordException(String finding) {
        super("malformed record: " + finding);
    }
}
