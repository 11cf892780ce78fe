/// The page store: a memory-mapped copy-on-write B+tree in one file.
module tenon.btree {
    requires transitive tenon.api;

    exports tenon.btree;
}
