module tenon.mvcc {
    requires transitive tenon.api;
    requires tenon.btree;

    exports tenon.mvcc;
}
