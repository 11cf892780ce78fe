package tenon.server.node;

import java.nio.file.Path;
import tenon.api.ConfState;
import tenon.api.NodeIdentity;
import tenon.api.Platform;
import tenon.api.SnapshotMark;
import tenon.api.Store;
import tenon.api.WrongFileException;
import tenon.btree.BTreeOptions;
import tenon.btree.BTreeStore;
import tenon.mvcc.AppliedIndex;
import tenon.server.membership.MembershipStore;

/// The store of another member, as it has arrived here.
///
/// @param mark up to which it holds the effect of the log
/// @param confState the configuration there
record ReceivedSnapshot(SnapshotMark mark, ConfState confState) {
    /// Makes the store in a file that of this member, durably, and reads what it holds. The file says itself up to where
    /// it goes, so that nobody has to know that before it is copied.
    ///
    /// @throws WrongFileException if it is of another cluster, or holds nothing
    /// @throws tenon.api.StorageException if it is no store, or damaged
    static ReceivedSnapshot adopt(Platform platform, Path file, NodeIdentity identity) {
        try (Store store = BTreeStore.open(platform, file, BTreeOptions.DEFAULT)) {
            NodeIdentity sender = store.read(MembershipStore::findIdentity);
            if (sender == null || sender.clusterId() != identity.clusterId()) {
                throw new WrongFileException(file, "the snapshot that came is of " + sender + ", this is " + identity);
            }
            AppliedIndex applied = store.read(AppliedIndex::of);
            if (applied.raftIndex() == 0) {
                throw new WrongFileException(file, "the snapshot that came holds the effect of no entry");
            }
            store.write(tx -> {
                MembershipStore.keep(tx, identity);
                return null;
            });
            return new ReceivedSnapshot(
                    new SnapshotMark(applied.term(), applied.raftIndex()), store.read(MembershipStore::confState));
        }
    }
}
