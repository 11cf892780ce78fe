package tenon.mvcc;

import java.nio.file.Path;
import tenon.api.Cursor;
import tenon.api.MisuseException;
import tenon.api.Platform;
import tenon.api.ReadTx;
import tenon.api.WriteBucket;
import tenon.api.WriteTx;
import tenon.btree.BTreeOptions;
import tenon.btree.BTreeStore;
import tenon.mvcc.keyspace.KeySpace;
import tenon.mvcc.keyspace.Recovery;
import tenon.mvcc.layout.MetaLayout;
import tenon.mvcc.layout.RevisionLayout;

/// Takes the key space in a file, which nobody has open, out of the log that has made it, so that another log can go on
/// from it.
public final class Transplant {
    private static final byte[] KEY_BUCKET = MetaLayout.name(MetaLayout.KEY_BUCKET);
    private static final byte[] META_BUCKET = MetaLayout.name(MetaLayout.META_BUCKET);

    private Transplant() {}

    /// Whether a store holds a key space at all.
    public static boolean isPossible(ReadTx tx) {
        return tx.findBucket(KEY_BUCKET).isPresent() && tx.findBucket(META_BUCKET).isPresent();
    }

    /// Opens the key space in a file, forgets the consistent index, and lets the revision rise.
    ///
    /// @param revisionBump by how much. If it is not 0, all history is marked as compacted at the new revision, which needs no
    ///     record: nobody can look for one below it
    /// @throws MisuseException if there is no room for so many revisions
    /// @throws tenon.api.StorageException if the file cannot be opened, is damaged, or holds something else
    public static MvccStore open(Platform platform, Path file, MvccOptions options, long revisionBump) {
        BTreeStore store = BTreeStore.open(platform, file, BTreeOptions.DEFAULT.withPrefault(options.prefault()));
        try {
            store.write(tx -> {
                begin(tx, revisionBump);
                return null;
            });
        } catch (RuntimeException | Error e) {
            store.close();
            throw e;
        }
        return Recovery.open(platform, store, options);
    }

    private static void begin(WriteTx tx, long revisionBump) {
        WriteBucket meta = tx.bucket(META_BUCKET);
        meta.delete(MetaLayout.name(MetaLayout.CONSISTENT_INDEX));
        if (revisionBump > 0) {
            long current = currentRevision(tx);
            long bumped = current + revisionBump;
            if (bumped < 0 || bumped >= KeySpace.REVISION_MAX) {
                throw new MisuseException("revision " + current + " cannot rise by " + revisionBump
                        + ": revisions end at " + KeySpace.REVISION_MAX);
            }
            meta.put(MetaLayout.name(MetaLayout.SCHEDULED_COMPACTION), MetaLayout.encodeRevision(bumped));
        }
    }

    /// The current revision of the key space in a store.
    public static long currentRevision(ReadTx tx) {
        Cursor last = tx.bucket(KEY_BUCKET).cursor();
        long main = last.last() ? RevisionLayout.decode(last.key().toByteArray()).main() : 1;
        var compacted = tx.bucket(META_BUCKET).get(MetaLayout.name(MetaLayout.SCHEDULED_COMPACTION));
        return compacted == null
                ? main
                : Math.max(main, MetaLayout.decodeRevision(MetaLayout.SCHEDULED_COMPACTION, compacted.toByteArray()));
    }
}
