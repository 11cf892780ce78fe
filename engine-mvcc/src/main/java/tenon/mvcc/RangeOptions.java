package tenon.mvcc;

/// How a range is read.
///
/// @param revision at which main revision; 0 or less for the view's
/// @param limit at most so many keys; 0 for no limit. The count is right all the same
/// @param countOnly whether only the count is wanted
public record RangeOptions(long revision, long limit, boolean countOnly) {
    public static final RangeOptions DEFAULT = new RangeOptions(0, 0, false);
}
