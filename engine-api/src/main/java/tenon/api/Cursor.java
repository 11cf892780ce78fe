package tenon.api;

/// A place in the order of a bucket. It stands before the first element, on an element, or behind the last one.
/// Moving methods tell whether it now stands on an element. One that throws, because a page is damaged or cannot be read,
/// leaves it before the first element, so that none is passed over unseen.
///
/// To walk a range, take [Bucket#cursor(KeyRange)]; to stand before the first element that is not less than a key,
/// `seek` it and go to the `previous` one.
public interface Cursor {
    boolean first();

    boolean last();

    /// To the next element; from before the first one to the first.
    boolean next();

    /// To the previous element; from behind the last one to the last.
    boolean previous();

    /// To the first element whose key is not less than this one.
    boolean seek(byte[] key);

    /// To the last element whose key is not greater than this one.
    boolean seekAtMost(byte[] key);

    /// To the element with this key. Without one the cursor stands between the neighbours that the key would have:
    /// [#next] moves to the one behind it, [#previous] to the one before it.
    boolean seekExact(byte[] key);

    /// The key under the cursor. The view moves with the cursor.
    ///
    /// @throws MisuseException if the cursor stands on no element
    ByteView key();

    /// The value under the cursor, empty for a nested bucket. The view moves with the cursor.
    ByteView value();

    /// Whether the element under the cursor is a nested bucket.
    boolean isBucket();
}
