package tenon.server.node;

import tenon.api.FileSystem;
import tenon.api.Log;
import tenon.api.Ready;

/// Puts a received snapshot in the place of this member's store, and starts the log anew at its mark. Nobody has the
/// store open meanwhile. Afterwards the node starts from its files as after a crash.
///
/// | after step | a crash leaves |
/// |---|---|
/// | 1 the mark is in the log, synced | the old store and the old log: the mark is beyond the commit index, and does not count |
/// | 2 the received file has the store's name | the new store; the log begins at the mark, which the store proves |
/// | 3 hard state and entries of the `Ready` are in the log, synced | the same, and the leader's term |
final class SnapshotInstallation {
    private SnapshotInstallation() {}

    /// @param ready the one that the snapshot came out of
    static void run(FileSystem files, DataDirectory directory, Log log, Ready ready) {
        log.appendSnapshotMark(ready.snapshot().mark());
        log.sync();
        files.rename(directory.received(ready.snapshot().mark()), directory.store());
        files.syncDirectory(directory.snapshots());
        log.append(ready.hardState(), ready.entriesToStore());
        log.sync();
    }
}
