package tenon.server.campaign;

import io.etcd.jetcd.api.KeyValue;

/// One version of a key, as a member tells it.
///
/// @param write the id of the call that wrote its value; 0 for the version that a deletion leaves
/// @param createRevision of its generation; 0 for a deletion
/// @param modRevision where it was written
/// @param version count in its generation, from 1; 0 for a deletion
record Version(String key, long write, long createRevision, long modRevision, long version) {
    static Version of(KeyValue told) {
        return new Version(
                told.getKey().toStringUtf8(),
                WrittenValue.writeOf(told.getValue()),
                told.getCreateRevision(),
                told.getModRevision(),
                told.getVersion());
    }

    static Version deletion(String key, long revision) {
        return new Version(key, 0, 0, revision, 0);
    }

    boolean isDeletion() {
        return version == 0;
    }

    @Override
    public String toString() {
        return isDeletion()
                ? key + " deleted at " + modRevision
                : key + "=#" + write + " at " + modRevision + " (created " + createRevision + ", version " + version + ")";
    }
}
