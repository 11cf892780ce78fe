package tenon.api;

/// A [Cursor] that can delete.
public interface WriteCursor extends Cursor {
    /// Deletes the element under the cursor. The cursor then stands between its neighbours: [#next] moves to the one
    /// behind it, [#previous] to the one before it.
    ///
    /// @throws MisuseException if the cursor stands on no element, or on a nested bucket
    void delete();
}
