package tenon.btree;

import tenon.api.ByteView;
import tenon.api.KeyRange;
import tenon.api.MisuseException;
import tenon.api.WriteCursor;

/// A cursor that sees the elements of a range and nothing else: a cursor over the whole bucket that stops at the
/// bounds. As a [WriteCursor] it is handed out by write transactions only.
final class RangeCursor implements WriteCursor {
    private enum Place {
        BEFORE,
        INSIDE,
        BEHIND
    }

    private final BTreeBucket bucket;
    private final BTreeCursor all;
    private final KeyRange range;
    private Place place = Place.BEFORE;

    RangeCursor(BTreeBucket bucket, KeyRange range) {
        this.bucket = bucket;
        this.all = bucket.cursor();
        this.range = range;
    }

    @Override
    public boolean first() {
        return insideOrBehind(range.from() == null ? all.first() : all.seek(range.from()));
    }

    @Override
    public boolean last() {
        if (range.to() == null) {
            return insideOrBefore(all.last());
        }
        all.seek(range.to());
        return insideOrBefore(all.previous());
    }

    @Override
    public boolean next() {
        return switch (place) {
            case BEFORE -> first();
            case INSIDE -> hasFailed() ? first() : insideOrBehind(all.next());
            case BEHIND -> outside(Place.BEHIND);
        };
    }

    @Override
    public boolean previous() {
        return switch (place) {
            case BEFORE -> outside(Place.BEFORE);
            case INSIDE -> hasFailed() ? outside(Place.BEFORE) : insideOrBefore(all.previous());
            case BEHIND -> last();
        };
    }

    @Override
    public boolean seek(byte[] key) {
        if (range.isBefore(key)) {
            return first();
        }
        return range.isBehind(key) ? outside(Place.BEHIND) : insideOrBehind(all.seek(key));
    }

    @Override
    public boolean seekAtMost(byte[] key) {
        if (range.isBehind(key)) {
            return last();
        }
        return range.isBefore(key) ? outside(Place.BEFORE) : insideOrBefore(all.seekAtMost(key));
    }

    @Override
    public boolean seekExact(byte[] key) {
        if (!range.contains(key)) {
            return outside(range.isBefore(key) ? Place.BEFORE : Place.BEHIND);
        }
        place = Place.INSIDE;
        return all.seekExact(key);
    }

    /// Whether the last move threw, so that the cursor over the whole bucket stands before its first element.
    private boolean hasFailed() {
        return all.place == BTreeCursor.Place.BEFORE;
    }

    /// @param found whether the cursor over the whole bucket came from before and stands on an element
    private boolean insideOrBehind(boolean found) {
        place = found && (range.to() == null || all.key().compareTo(range.to()) < 0) ? Place.INSIDE : Place.BEHIND;
        return place == Place.INSIDE;
    }

    /// @param found whether the cursor over the whole bucket came from behind and stands on an element
    private boolean insideOrBefore(boolean found) {
        place = found && (range.from() == null || all.key().compareTo(range.from()) >= 0)
                ? Place.INSIDE
                : Place.BEFORE;
        return place == Place.INSIDE;
    }

    private boolean outside(Place side) {
        bucket.checkUsable();
        place = side;
        return false;
    }

    private void checkInside() {
        bucket.checkUsable();
        if (place != Place.INSIDE) {
            throw new MisuseException("the cursor stands on no element");
        }
    }

    @Override
    public ByteView key() {
        checkInside();
        return all.key();
    }

    @Override
    public ByteView value() {
        checkInside();
        return all.value();
    }

    @Override
    public boolean isBucket() {
        checkInside();
        return all.isBucket();
    }

    @Override
    public void delete() {
        checkInside();
        ((WriteCursor) all).delete();
    }
}
