package tenon.server.node;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import tenon.api.FileSystem;
import tenon.api.SnapshotMark;
import tenon.mvcc.AppliedIndex;

/// The stores of other members that have come and wait to take the place of this one's. Raft may not want one after all:
/// what it holds may have come as entries meanwhile. Each is as large as a store, so none stays for longer than it may be
/// wanted. Safe for use by any thread.
///
/// Invariant: what Raft may still install is there. It installs nothing at or before its commit index, which is never
/// before what this member's own store durably holds.
final class WaitingSnapshots {
    private final FileSystem files;
    private final DataDirectory directory;
    // Guarded by this: the terms of the messages with which they came.
    private final Map<SnapshotMark, Long> terms = new HashMap<>();
    // Guarded by this.
    private long durableIndex;

    /// @param durable in this member's own store
    WaitingSnapshots(FileSystem files, DataDirectory directory, AppliedIndex durable) {
        this.files = files;
        this.directory = directory;
        this.durableIndex = durable.raftIndex();
    }

    /// Gives a file the name under which it waits. While one waits that Raft has been told of in the same term, it is
    /// deleted instead: that one is decided on first, and a leader sends again what is still wanted then.
    ///
    /// @param term of the message with which it came; one of an earlier term than Raft's does not count there
    /// @return whether Raft is to be told
    synchronized boolean take(Path file, SnapshotMark mark, long term) {
        if (terms.values().stream().anyMatch(other -> other >= term)) {
            files.delete(file);
            return false;
        }
        if (mark.raftIndex() <= durableIndex) {
            // Nobody needs it, but the leader is waiting to hear how far this member is.
            files.delete(file);
            return true;
        }
        files.rename(file, directory.received(mark));
        terms.put(mark, term);
        return true;
    }

    /// Deletes what is wanted no more.
    ///
    /// @param durable in this member's own store
    synchronized void onDurable(AppliedIndex durable) {
        durableIndex = durable.raftIndex();
        for (Iterator<SnapshotMark> marks = terms.keySet().iterator(); marks.hasNext(); ) {
            SnapshotMark mark = marks.next();
            if (mark.raftIndex() <= durableIndex) {
                files.delete(directory.received(mark));
                marks.remove();
            }
        }
    }
}
