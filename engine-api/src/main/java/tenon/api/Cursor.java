package tenon.api;

/// A place in the order of a bucket. It stands before the first element, on an element, or behind the last one.
/// Moving methods tell whether it now stands on an element.
public interface Cursor {
    boolean first();

    boolean last();

    /// To the next element; from before the first one to the first.
    boolean next();

    /// To the previous element; from behind the last one to the last.
    boolean previous();

    /// To the first element whose key is not less than this one.
    boolean seek(byte[] key);

    /// The key under the cursor. The view moves with the cursor.
    ///
    /// @throws MisuseException if the cursor stands on no element
    ByteView key();

    /// The value under the cursor, empty for a nested bucket. The view moves with the cursor.
    ByteView value();

    /// Whether the element under the cursor is a nested bucket.
    boolean isBucket();
}
