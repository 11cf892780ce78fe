package tenon.btree;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tenon.api.ByteView;
import tenon.api.KeyRange;
import tenon.api.MisuseException;
import tenon.api.WritableView;
import tenon.api.WriteBucket;

/// A bucket of the write transaction. There is one object for each bucket that was opened, so that all see the same
/// root; the roots get into their parents' elements at commit.
final class BTreeWriteBucket extends BTreeBucket implements WriteBucket {
    /// As long as any value that stays beside its key.
    private static final byte[] ZEROS = new byte[PageLayout.PAGE_SIZE_MAX / 2];

    private final BTreeWriteTx writeTx;
    private final TreeEditor editor;
    private final Map<byte[], BTreeWriteBucket> opened = new TreeMap<>(Arrays::compareUnsigned);
    private long writtenRoot;
    private long writtenSequence;
    private boolean deleted;
    /// Of the element to which [#findPlace] led.
    private int foundFlags;

    BTreeWriteBucket(BTreeWriteTx tx, int depth, long rootPageId, int rootTxid, long sequence) {
        super(tx, depth, rootPageId, rootTxid, sequence);
        this.writeTx = tx;
        this.editor = new TreeEditor(tx, this);
        this.writtenRoot = rootPageId;
        this.writtenSequence = sequence;
    }

    @Override
    void checkUsable() {
        super.checkUsable();
        writeTx.claim();
        if (deleted) {
            throw new MisuseException("the bucket was deleted in this transaction");
        }
    }

    @Override
    public void put(byte[] key, byte[] source, int index, int lengthBytes) {
        checkElement(key, lengthBytes);
        if (index < 0 || lengthBytes < 0 || lengthBytes > source.length - index) {
            throw new MisuseException(
                    "no " + lengthBytes + " bytes at index " + index + " of an array of " + source.length);
        }
        boolean found = findPlace(key);
        checkNoBucket(found);
        write(found, key, source, index, lengthBytes);
    }

    @Override
    public void put(byte[] key, MemorySegment value) {
        if (!value.scope().isAlive() || !value.isAccessibleBy(Thread.currentThread())) {
            throw new MisuseException("the segment that holds the value was freed, or is another thread's");
        }
        int lengthBytes = (int) Math.min(value.byteSize(), Integer.MAX_VALUE);
        checkElement(key, lengthBytes);
        boolean found = findPlace(key);
        checkNoBucket(found);
        if (isInline(key, lengthBytes)) {
            byte[] copy = value.toArray(PageLayout.BYTE);
            write(found, key, copy, 0, lengthBytes);
        } else {
            writeTx.change(() -> putReference(found, key, writeTx.newValue(value, 0, lengthBytes)));
        }
    }

    @Override
    public void put(byte[] key, ByteView value) {
        int lengthBytes = value.lengthBytes();
        checkElement(key, lengthBytes);
        if (isInline(key, lengthBytes)) {
            put(key, value.toByteArray());
            return;
        }
        boolean found = findPlace(key);
        checkNoBucket(found);
        writeTx.checkNotBroken();
        // The view may be of this transaction: it is read before the change that makes it void.
        byte[] reference = writeTx.newValue(lengthBytes, memory -> value.copyTo(0, memory));
        writeTx.change(() -> putReference(found, key, reference));
    }

    @Override
    public WritableView reserve(byte[] key, int lengthBytes) {
        checkElement(key, lengthBytes);
        boolean found = findPlace(key);
        checkNoBucket(found);
        if (isInline(key, lengthBytes)) {
            write(found, key, ZEROS, 0, lengthBytes);
        } else {
            writeTx.change(() -> putReference(found, key, writeTx.newValue(null, 0, lengthBytes)));
        }
        return editor.writableValue(lengthBytes, isInline(key, lengthBytes));
    }

    @Override
    public boolean putIfAbsent(byte[] key, byte[] value) {
        checkElement(key, value.length);
        boolean found = findPlace(key);
        checkNoBucket(found);
        if (!found) {
            write(false, key, value, 0, value.length);
        }
        return !found;
    }

    @Override
    public void append(byte[] key, byte[] value) {
        checkElement(key, value.length);
        if (findPlace(key) || !isAtEnd()) {
            throw new MisuseException("a key to append must be greater than the last one of its bucket");
        }
        write(false, key, value, 0, value.length);
    }

    private void checkElement(byte[] key, int lengthBytes) {
        checkUsable();
        checkKey(key);
        if (lengthBytes < 0 || lengthBytes > writeTx.file.valueLengthMax()) {
            throw new MisuseException(
                    "a value has 0 to " + writeTx.file.valueLengthMax() + " bytes, not " + lengthBytes);
        }
    }

    private void checkNoBucket(boolean found) {
        if (found && foundFlags == PageLayout.FLAG_BUCKET) {
            throw new MisuseException("the key names a nested bucket");
        }
    }

    /// Writes the value at the place that was found.
    private void write(boolean found, byte[] key, byte[] source, int index, int lengthBytes) {
        writeTx.change(() -> {
            if (isInline(key, lengthBytes)) {
                editor.put(found, key, 0, source, index, lengthBytes);
            } else {
                putReference(found, key, writeTx.newValue(MemorySegment.ofArray(source), index, lengthBytes));
            }
        });
    }

    private boolean isInline(byte[] key, int lengthBytes) {
        return lengthBytes <= PageLayout.inlineValueLengthMax(writeTx.file.pageSizeBytes, key.length);
    }

    private void putReference(boolean found, byte[] key, byte[] reference) {
        editor.put(found, key, PageLayout.FLAG_OVERFLOW, reference, 0, PageLayout.OVERFLOW_REF_BYTES);
    }

    private boolean findPlace(byte[] key) {
        try {
            boolean found = editor.descend(key);
            foundFlags = found ? editor.flags() : 0;
            return found;
        } catch (IllegalStateException | InternalError e) {
            throw writeTx.onFault(e);
        }
    }

    private boolean isAtEnd() {
        try {
            return editor.isAtEnd();
        } catch (IllegalStateException | InternalError e) {
            throw writeTx.onFault(e);
        }
    }

    private void checkKey(byte[] key) {
        int lengthMax = PageLayout.keyLengthMax(writeTx.file.pageSizeBytes);
        if (key.length == 0 || key.length > lengthMax) {
            throw new MisuseException("a key has 1 to " + lengthMax + " bytes, not " + key.length);
        }
    }

    @Override
    public boolean delete(byte[] key) {
        checkUsable();
        if (!findPlace(key) || foundFlags == PageLayout.FLAG_BUCKET) {
            return false;
        }
        writeTx.change(editor::remove);
        return true;
    }

    @Override
    public long deleteRange(KeyRange range) {
        checkUsable();
        long[] count = new long[1];
        writeTx.change(() -> count[0] = editor.removeRange(range));
        return count[0];
    }

    @Override
    public WriteBucket createBucket(byte[] name) {
        checkUsable();
        checkKey(name);
        if (findPlace(name)) {
            throw new MisuseException("the name of the new bucket is in use already");
        }
        if (depth == PageLayout.BUCKET_DEPTH_MAX) {
            throw new MisuseException("buckets are nested in at most " + PageLayout.BUCKET_DEPTH_MAX + " others");
        }
        BTreeWriteBucket created = new BTreeWriteBucket(writeTx, depth + 1, 0, 0, 0);
        byte[] reference = writeTx.encodeBucket(created);
        writeTx.change(() ->
                editor.put(false, name, PageLayout.FLAG_BUCKET, reference, 0, PageLayout.BUCKET_REF_BYTES));
        opened.put(name.clone(), created);
        return created;
    }

    @Override
    public Optional<WriteBucket> findBucket(byte[] name) {
        return Optional.ofNullable(open(name));
    }

    private BTreeWriteBucket open(byte[] name) {
        checkUsable();
        BTreeWriteBucket bucket = opened.get(name);
        if (bucket == null && findReference(name)) {
            bucket = new BTreeWriteBucket(writeTx, depth + 1, foundRoot(), foundRootTxid(), foundSequence());
            opened.put(name.clone(), bucket);
        }
        return bucket;
    }

    @Override
    public boolean deleteBucket(byte[] name) {
        BTreeWriteBucket bucket = open(name);
        if (bucket == null) {
            return false;
        }
        writeTx.change(() -> {
            bucket.freeAll();
            descendTo(name);
            editor.remove();
        });
        opened.remove(name);
        return true;
    }

    /// Leads the editor to a nested bucket that was found before.
    private void descendTo(byte[] name) {
        if (!editor.descend(name)) {
            throw writeTx.file.corrupt(rootPageId, "the tree from there on does not lead to a nested bucket any more");
        }
    }

    /// Frees the pages of this bucket and of all nested ones, those that were opened with their present roots.
    private void freeAll() {
        writeBack();
        opened.values().forEach(BTreeWriteBucket::markDeleted);
        TreeDisposal.free(writeTx, depth, rootPageId, rootTxid);
        deleted = true;
    }

    private void markDeleted() {
        deleted = true;
        opened.values().forEach(BTreeWriteBucket::markDeleted);
    }

    /// Brings the roots of opened buckets into their parents' elements, children first.
    void writeBack() {
        for (Map.Entry<byte[], BTreeWriteBucket> entry : opened.entrySet()) {
            BTreeWriteBucket child = entry.getValue();
            child.writeBack();
            if (child.rootPageId != child.writtenRoot || child.sequence != child.writtenSequence) {
                descendTo(entry.getKey());
                editor.put(
                        true,
                        entry.getKey(),
                        PageLayout.FLAG_BUCKET,
                        writeTx.encodeBucket(child),
                        0,
                        PageLayout.BUCKET_REF_BYTES);
                child.writtenRoot = child.rootPageId;
                child.writtenSequence = child.sequence;
            }
        }
    }

    @Override
    public BTreeWriteCursor cursor() {
        checkUsable();
        return new BTreeWriteCursor(this);
    }

    @Override
    public long nextSequence() {
        checkUsable();
        return ++sequence;
    }

    @Override
    public void setSequence(long sequence) {
        checkUsable();
        this.sequence = sequence;
    }

    @Override
    public void setFillPercent(double fillPercent) {
        checkUsable();
        if (!(fillPercent >= 0.1 && fillPercent <= 1.0)) {
            throw new MisuseException("fill percent " + fillPercent + " is not from 0.1 to 1.0");
        }
        editor.setFillPercent(fillPercent);
    }
}
