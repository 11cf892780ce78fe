package tenon.testkit;

/// What goes wrong at an operation of a [SimulatedFileSystem].
public enum Fault {
    /// The operation is under way and may or may not reach the disk; it and all after it throw [SimulatedPowerCut].
    POWER_CUT,
    /// The operation fails and does nothing. A sync that fails drops what was unsynced, as Linux does: it stays readable
    /// until the crash, and no later sync makes it durable.
    IO_ERROR,
    /// As [#IO_ERROR], but a write did its first half.
    IO_ERROR_PARTIAL,
    /// As [#IO_ERROR_PARTIAL], reported as a full disk.
    DISK_FULL,
    /// A write reports success and does nothing. No other operation is affected.
    LOST_WRITE,
    /// A write reports success and lands 4096 bytes behind its position. No other operation is affected.
    MISDIRECTED_WRITE
}
