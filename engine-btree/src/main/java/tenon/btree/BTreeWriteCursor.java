package tenon.btree;

import tenon.api.MisuseException;
import tenon.api.WriteCursor;

/// A cursor that can delete what it stands on.
final class BTreeWriteCursor extends BTreeCursor implements WriteCursor {
    private final BTreeWriteBucket writeBucket;

    BTreeWriteCursor(BTreeWriteBucket bucket) {
        super(bucket);
        this.writeBucket = bucket;
    }

    @Override
    public void delete() {
        if (isBucket()) {
            throw new MisuseException("a nested bucket is deleted by deleteBucket");
        }
        byte[] key = key().toByteArray();
        long leafPageId = leafPageId();
        if (!writeBucket.delete(key)) {
            throw bucket.tx.file.corrupt(leafPageId, "it holds a key to which the tree does not lead");
        }
        gapKey = key;
        place = Place.GAP;
    }
}
