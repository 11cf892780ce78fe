package tenon.btree;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32C;

/// Makes a hostile store file of a good one: whatever it changes, the checksums are right again afterwards.
final class FileMutator {
    private static final int[] META_FIELDS = {
        MetaLayout.FORMAT_VERSION_OFFSET,
        MetaLayout.PAGE_SIZE_OFFSET,
        MetaLayout.TXID_OFFSET,
        MetaLayout.ROOT_OFFSET,
        MetaLayout.FREELIST_OFFSET,
        MetaLayout.HIGH_WATER_MARK_OFFSET,
        MetaLayout.FREE_PAGE_COUNT_OFFSET,
        MetaLayout.ROOT_TXID_OFFSET,
        MetaLayout.FREELIST_TXID_OFFSET
    };

    private final RandomGenerator random;
    private final int pageSizeBytes;
    private byte[] file;
    private ByteBuffer bytes;

    FileMutator(RandomGenerator random, int pageSizeBytes) {
        this.random = random;
        this.pageSizeBytes = pageSizeBytes;
    }

    byte[] mutate(byte[] good) {
        take(good.clone());
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            change();
        }
        return file;
    }

    /// Changes one page as it is told to.
    byte[] mutate(byte[] good, int page, Consumer<ByteBuffer> change) {
        take(good.clone());
        change.accept(bytes.slice(page * pageSizeBytes, pageSizeBytes).order(ByteOrder.LITTLE_ENDIAN));
        seal(page);
        return file;
    }

    private void take(byte[] newFile) {
        file = newFile;
        bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    }

    private int pageCount() {
        return file.length / pageSizeBytes;
    }

    private void change() {
        if (pageCount() < 4) {
            return;
        }
        int page = random.nextInt(PageLayout.META_PAGE_COUNT, pageCount());
        switch (random.nextInt(14)) {
            case 0, 1, 2 -> changeNumber(page);
            case 3, 4 -> changeHeader(page);
            case 5, 6, 7, 8 -> redirect(page);
            case 9 -> copyPage(page);
            case 10, 11 -> changeMeta();
            case 12 -> {
                if (random.nextInt(4) == 0) {
                    take(Arrays.copyOf(file, random.nextInt(file.length + 3 * pageSizeBytes)));
                }
            }
            default -> swapPages(page);
        }
    }

    private void changeNumber(int page) {
        int base = page * pageSizeBytes;
        int offset = base + (random.nextBoolean() ? random.nextInt(80) : random.nextInt(pageSizeBytes - 8));
        switch (random.nextInt(4)) {
            case 0 -> bytes.put(offset, (byte) random.nextInt());
            case 1 -> bytes.putShort(offset, (short) random.nextInt(pageSizeBytes + 8));
            case 2 -> bytes.putInt(offset, random.nextInt(-2, 80));
            default -> bytes.putLong(offset, random.nextInt(4) == 0 ? random.nextLong() : random.nextInt(80));
        }
        seal(page);
    }

    private void changeHeader(int page) {
        int base = page * pageSizeBytes;
        switch (random.nextInt(5)) {
            case 0 -> bytes.put(base + PageLayout.TYPE_OFFSET, (byte) random.nextInt(6));
            case 1 -> bytes.put(base + PageLayout.LEVEL_OFFSET, (byte) random.nextInt(33));
            case 2 -> bytes.putShort(base + PageLayout.COUNT_OFFSET, (short) random.nextInt(200));
            case 3 -> bytes.putLong(base + PageLayout.TXID_OFFSET, random.nextInt(12));
            default -> bytes.putInt(base + PageLayout.OVERFLOW_OFFSET, random.nextInt(-1, 9));
        }
        seal(page);
    }

    /// What looks like a reference, page id and txid of a page, leads to another page from then on.
    private void redirect(int page) {
        int base = page * pageSizeBytes;
        List<Integer> references = new ArrayList<>();
        for (int offset = base + PageLayout.HEADER_BYTES; offset <= base + pageSizeBytes - 12; offset++) {
            long target = bytes.getLong(offset);
            if (target >= PageLayout.META_PAGE_COUNT
                    && target < pageCount()
                    && bytes.getInt(offset + Long.BYTES) == txid((int) target)) {
                references.add(offset);
            }
        }
        if (!references.isEmpty()) {
            // Often the page itself, or one near: ways that lead back.
            int target = random.nextInt(3) == 0
                    ? page
                    : random.nextInt(PageLayout.META_PAGE_COUNT, pageCount());
            for (int i = random.nextInt(1, 3); i > 0; i--) {
                int offset = references.get(random.nextInt(references.size()));
                bytes.putLong(offset, target);
                bytes.putInt(offset + Long.BYTES, txid(target));
            }
            seal(page);
        }
    }

    private int txid(int page) {
        return (int) bytes.getLong(page * pageSizeBytes + PageLayout.TXID_OFFSET);
    }

    private void copyPage(int to) {
        int from = random.nextInt(PageLayout.META_PAGE_COUNT, pageCount());
        int txid = txid(to);
        System.arraycopy(file, from * pageSizeBytes, file, to * pageSizeBytes, pageSizeBytes);
        if (random.nextBoolean()) {
            bytes.putLong(to * pageSizeBytes + PageLayout.TXID_OFFSET, txid);
        }
        seal(to);
    }

    private void swapPages(int one) {
        int two = random.nextInt(PageLayout.META_PAGE_COUNT, pageCount());
        byte[] kept = Arrays.copyOfRange(file, one * pageSizeBytes, (one + 1) * pageSizeBytes);
        System.arraycopy(file, two * pageSizeBytes, file, one * pageSizeBytes, pageSizeBytes);
        System.arraycopy(kept, 0, file, two * pageSizeBytes, pageSizeBytes);
        seal(one);
        seal(two);
    }

    private void changeMeta() {
        int page = random.nextInt(PageLayout.META_PAGE_COUNT);
        int field = META_FIELDS[random.nextInt(META_FIELDS.length)];
        int value = random.nextInt(8) == 0 ? random.nextInt() : random.nextInt(2 * pageCount());
        for (int copy = 0; copy < MetaLayout.COPY_COUNT; copy++) {
            int base = page * pageSizeBytes + copy * MetaLayout.RECORD_BYTES;
            bytes.putInt(base + field, value);
            bytes.putInt(base + MetaLayout.CRC_OFFSET, crc(base, MetaLayout.CRC_OFFSET));
        }
    }

    /// The page's own id, and its checksum.
    private void seal(int page) {
        int base = page * pageSizeBytes;
        bytes.putLong(base + PageLayout.PAGE_ID_OFFSET, page);
        int pageCount = file[base + PageLayout.TYPE_OFFSET] == PageLayout.TYPE_OVERFLOW
                ? bytes.getInt(base + PageLayout.OVERFLOW_OFFSET) + 1
                : 1;
        int size = Math.clamp((long) pageCount * pageSizeBytes, pageSizeBytes, file.length - base);
        bytes.putInt(base + PageLayout.CRC_OFFSET, crc(base + PageLayout.TYPE_OFFSET, size - PageLayout.TYPE_OFFSET));
    }

    private int crc(int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(file, from, length);
        return (int) crc.getValue();
    }
}
