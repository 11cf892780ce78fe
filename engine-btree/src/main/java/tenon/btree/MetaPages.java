package tenon.btree;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import tenon.api.CorruptDataException;
import tenon.api.FormatTooNewException;
import tenon.api.StorageFile;
import tenon.api.WrongFileException;

/// Finds the last commit in the two meta pages of a file.
///
/// @param meta the newest whole record
/// @param slot which of the two pages holds it
/// @param other the newest whole record of the other page, null if there is none
/// @param pages what the commit has for its proof, none if it is durable without
/// @param findings what was found damaged on the way, or not finished
record MetaPages(Meta meta, int slot, Meta other, CommitPages pages, List<String> findings) {
    /// Both pages of the largest page size.
    private static final int PROBE_BYTES = 2 * PageLayout.PAGE_SIZE_MAX;

    /// @return null if the file was never written: it is empty, or a crash left nothing but zeros of its creation
    /// @throws WrongFileException if this is no store
    /// @throws FormatTooNewException if a later version wrote it
    /// @throws CorruptDataException if both meta pages are damaged
    static MetaPages read(StorageFile file) {
        ByteBuffer probe = ByteBuffer.allocate(PROBE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        file.read(0, probe);
        probe.flip();
        if (isZero(probe) && file.sizeBytes() <= PROBE_BYTES) {
            return null;
        }
        Meta[] newest = new Meta[PageLayout.META_PAGE_COUNT];
        newest[0] = newestCopy(file, probe, 0);
        for (int size = PageLayout.PAGE_SIZE_MIN; size <= PageLayout.PAGE_SIZE_MAX; size *= 2) {
            Meta other = newest[0] != null && newest[0].pageSizeBytes() != size ? null : newestCopy(file, probe, size);
            if (other != null && other.pageSizeBytes() == size) {
                newest[1] = other;
            }
        }
        if (newest[0] == null && newest[1] == null) {
            throw noMeta(file, probe);
        }
        int slot = newest[1] == null || newest[0] != null && newest[0].txid() >= newest[1].txid() ? 0 : 1;
        Meta meta = newest[slot];
        CommitPages pages = commitPages(probe, slot * meta.pageSizeBytes(), meta);
        String missing = pages.findMissing(file, meta);
        if (missing == null) {
            List<String> findings = findings(probe, meta.pageSizeBytes(), meta.txid());
            return new MetaPages(meta, slot, newest[1 - slot], pages, findings);
        }
        return unfinished(file, newest[1 - slot], 1 - slot, "commit " + meta.txid() + " was not finished: " + missing);
    }

    /// The commit before the newest one: that was synced before the newest one began.
    private static MetaPages unfinished(StorageFile file, Meta older, int slot, String finding) {
        if (older == null) {
            throw new CorruptDataException(
                    file.path(), 0, finding + ", and the other meta page is damaged; restore from a copy, or see tenon db salvage");
        }
        String consequence = finding + "; the store is at commit " + older.txid();
        return new MetaPages(older, slot, null, CommitPages.NONE, List.of(consequence));
    }

    /// What the newest commit of a page has to prove: nothing, if one of the copies says so.
    private static CommitPages commitPages(ByteBuffer probe, int base, Meta newest) {
        CommitPages pages = CommitPages.NONE;
        for (int copy = 0; copy < MetaLayout.COPY_COUNT; copy++) {
            int position = base + copy * MetaLayout.RECORD_BYTES;
            if (newest.equals(Meta.decode(probe, position))) {
                pages = CommitPages.decode(probe, position);
                if (pages.isEmpty()) {
                    break;
                }
            }
        }
        return pages;
    }

    /// The same when the commit needs no proof any more.
    MetaPages settled() {
        return new MetaPages(meta, slot, other, CommitPages.NONE, findings);
    }

    /// The newest whole record of a page, null if there is none.
    Meta of(int page) {
        return page == slot ? meta : other;
    }

    private static Meta newestCopy(StorageFile file, ByteBuffer probe, int base) {
        Meta newest = null;
        for (int copy = 0; copy < MetaLayout.COPY_COUNT; copy++) {
            Meta meta = Meta.decode(probe, base + copy * MetaLayout.RECORD_BYTES);
            if (meta != null && meta.formatVersion() > MetaLayout.FORMAT_VERSION) {
                throw new FormatTooNewException(file.path(), meta.formatVersion(), MetaLayout.FORMAT_VERSION);
            }
            if (meta != null && meta.pageSizeBytes() > 0 && (newest == null || meta.txid() > newest.txid())) {
                newest = meta;
            }
        }
        return newest;
    }

    private static List<String> findings(ByteBuffer probe, int pageSizeBytes, long txid) {
        List<String> findings = new ArrayList<>();
        for (int page = 0; page < PageLayout.META_PAGE_COUNT; page++) {
            for (int copy = 0; copy < MetaLayout.COPY_COUNT; copy++) {
                Meta meta = Meta.decode(probe, page * pageSizeBytes + copy * MetaLayout.RECORD_BYTES);
                if (meta == null || meta.pageSizeBytes() != pageSizeBytes) {
                    findings.add("page " + page + ": copy " + copy + " of the meta record is damaged, commit " + txid
                            + " is taken from another one");
                }
            }
            int rest = page * pageSizeBytes + MetaLayout.COPY_COUNT * MetaLayout.RECORD_BYTES;
            int end = Math.min((page + 1) * pageSizeBytes, probe.limit());
            if (rest < end && !isZero(probe.duplicate().position(rest).limit(end))) {
                findings.add("page " + page + ": bytes that no meta record uses are not zero");
            }
        }
        return findings;
    }

    private static RuntimeException noMeta(StorageFile file, ByteBuffer probe) {
        boolean magic = hasMagic(probe, 0);
        for (int size = PageLayout.PAGE_SIZE_MIN; size <= PageLayout.PAGE_SIZE_MAX; size *= 2) {
            magic |= hasMagic(probe, size);
        }
        return magic
                ? new CorruptDataException(file.path(), 0, "both meta pages are damaged; restore from a copy, or see tenon db salvage")
                : new WrongFileException(file.path(), "it is no page store of Tenon");
    }

    private static boolean hasMagic(ByteBuffer probe, int base) {
        for (int copy = 0; copy < MetaLayout.COPY_COUNT; copy++) {
            int position = base + copy * MetaLayout.RECORD_BYTES;
            if (position + Long.BYTES <= probe.limit() && probe.getLong(position) == MetaLayout.MAGIC) {
                return true;
            }
        }
        return false;
    }

    private static boolean isZero(ByteBuffer bytes) {
        for (int i = bytes.position(); i < bytes.limit(); i++) {
            if (bytes.get(i) != 0) {
                return false;
            }
        }
        return true;
    }
}
