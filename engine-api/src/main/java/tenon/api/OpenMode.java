package tenon.api;

/// How a [StorageFile] is opened.
public enum OpenMode {
    /// An existing file, for reading.
    READ,
    /// An existing file, for reading and writing.
    READ_WRITE,
    /// For reading and writing; created empty if missing.
    CREATE,
    /// For reading and writing; fails if it exists.
    CREATE_NEW
}
