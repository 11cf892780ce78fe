package tenon.mvcc.keyspace;

import java.util.zip.CRC32C;
import tenon.mvcc.KeyValue;
import tenon.mvcc.KeyspaceHash;
import tenon.mvcc.backend.BackendRead;
import tenon.mvcc.index.VisibleVersion;
import tenon.mvcc.layout.RevisionLayout;

/// Hashes the records that a member must hold, however far its compaction has come in the file: of those at or before
/// the compacted revision only the ones that the compaction keeps.
final class KeyspaceHasher {
    private final CRC32C crc = new CRC32C();
    private final VisibleVersion version = new VisibleVersion();
    private final Head head;

    private KeyspaceHasher(Head head) {
        this.head = head;
    }

    static KeyspaceHash hash(BackendRead<Head> records, long revision) {
        Head head = records.head();
        long upTo = revision <= 0 ? head.revision() : revision;
        head.position().checkReadable(upTo);
        KeyspaceHasher hasher = new KeyspaceHasher(head);
        records.scan(0, (main, sub, tombstone, record) -> {
            if (main > upTo) {
                return false;
            }
            if (hasher.isKept(main, sub, tombstone, record)) {
                hasher.crc.update(RevisionLayout.encode(main, sub, tombstone));
                hasher.crc.update(record);
            }
            return true;
        });
        return new KeyspaceHash((int) hasher.crc.getValue(), upTo, head.compactedRevision(), head.revision());
    }

    private boolean isKept(long main, int sub, boolean tombstone, byte[] record) {
        long compacted = head.compactedRevision();
        if (main > compacted) {
            return true;
        }
        if (tombstone && main < compacted) {
            return false;
        }
        return head.index().findVersion(new KeyValue(record).key(), compacted, version)
                && version.main() == main
                && version.sub() == sub;
    }
}
