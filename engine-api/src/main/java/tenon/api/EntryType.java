package tenon.api;

/// What the data of an [Entry] is. The numbers are part of the log's format.
public enum EntryType {
    /// Data of the state machine; empty for the entry with which a leader begins its term.
    NORMAL,
    /// A change of the configuration.
    CONF_CHANGE
}
