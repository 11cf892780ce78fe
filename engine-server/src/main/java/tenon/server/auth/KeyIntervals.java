package tenon.server.auth;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// A set of keys as intervals. What touches or overlaps is joined, so that a range that two permissions cover together
/// is one that is covered.
///
/// Invariant: the intervals ascend, none is empty, and there is a gap between any two.
final class KeyIntervals {
    private final byte[][] begins;
    /// Exclusive; null for no end.
    private final byte[][] ends;

    /// @param end exclusive; null for no end
    private record Interval(byte[] begin, byte[] end) {
        static Interval of(ByteString key, ByteString rangeEnd) {
            byte[] begin = key.toByteArray();
            return new Interval(begin, rangeEnd.isEmpty() ? after(begin) : endOf(rangeEnd));
        }

        boolean isEmpty() {
            return end != null && Arrays.compareUnsigned(begin, end) >= 0;
        }
    }

    private KeyIntervals(List<Interval> joined) {
        begins = joined.stream().map(Interval::begin).toArray(byte[][]::new);
        ends = joined.stream().map(Interval::end).toArray(byte[][]::new);
    }

    /// Collects intervals in the notation of requests: an empty end for one key, a zero byte for no end.
    static final class Builder {
        private final List<Interval> intervals = new ArrayList<>();

        void add(ByteString key, ByteString rangeEnd) {
            Interval interval = Interval.of(key, rangeEnd);
            if (!interval.isEmpty()) {
                intervals.add(interval);
            }
        }

        KeyIntervals build() {
            intervals.sort(Comparator.comparing(Interval::begin, Arrays::compareUnsigned));
            List<Interval> joined = new ArrayList<>();
            for (Interval next : intervals) {
                Interval last = joined.isEmpty() ? null : joined.getLast();
                if (last == null || !reaches(last.end, next.begin)) {
                    joined.add(next);
                } else if (last.end != null && (next.end == null || Arrays.compareUnsigned(next.end, last.end) > 0)) {
                    joined.set(joined.size() - 1, new Interval(last.begin, next.end));
                }
            }
            return new KeyIntervals(joined);
        }
    }

    /// Whether all of a range is in here. A range that is empty is if its first key is.
    ///
    /// @param rangeEnd in the notation of requests
    boolean contains(ByteString key, ByteString rangeEnd) {
        byte[] begin = key.toByteArray();
        int found = Arrays.binarySearch(begins, begin, Arrays::compareUnsigned);
        int interval = found >= 0 ? found : -found - 2;
        if (interval < 0) {
            return false;
        }
        byte[] end = ends[interval];
        if (end == null) {
            return true;
        }
        if (Arrays.compareUnsigned(begin, end) >= 0) {
            return false;
        }
        if (rangeEnd.isEmpty()) {
            return true;
        }
        byte[] wanted = endOf(rangeEnd);
        return wanted != null && Arrays.compareUnsigned(wanted, end) <= 0;
    }

    /// Whether the interval that ends there leaves no gap before the other one's begin.
    private static boolean reaches(byte[] end, byte[] begin) {
        return end == null || Arrays.compareUnsigned(end, begin) >= 0;
    }

    private static byte[] after(byte[] key) {
        return Arrays.copyOf(key, key.length + 1);
    }

    private static byte[] endOf(ByteString rangeEnd) {
        return isOpen(rangeEnd) ? null : rangeEnd.toByteArray();
    }

    /// Whether an end stands for no end.
    static boolean isOpen(ByteString rangeEnd) {
        return rangeEnd.size() == 1 && rangeEnd.byteAt(0) == 0;
    }
}
