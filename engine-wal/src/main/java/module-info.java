/// The log: segments of records under one rolling CRC.
module tenon.wal {
    requires transitive tenon.api;

    exports tenon.wal;
}
