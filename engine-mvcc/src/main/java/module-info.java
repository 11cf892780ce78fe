module tenon.mvcc {
    requires transitive tenon.api;

    exports tenon.mvcc;
}
