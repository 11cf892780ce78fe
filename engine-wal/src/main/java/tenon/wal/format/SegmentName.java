package tenon.wal.format;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The name of a segment file: `<sequence>-<first raft index>.wal`, both as 16 hexadecimal digits.
///
/// @param sequence rises by one from segment to segment
/// @param firstRaftIndex index that the first entry was expected to have
public record SegmentName(long sequence, long firstRaftIndex) implements Comparable<SegmentName> {
    public static final String SUFFIX = ".wal";
    private static final Pattern FORM = Pattern.compile("([0-9a-f]{16})-([0-9a-f]{16})\\.wal");

    public static Optional<SegmentName> parse(Path path) {
        Matcher matcher = FORM.matcher(path.getFileName().toString());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        return Optional.of(new SegmentName(
                Long.parseUnsignedLong(matcher.group(1), 16), Long.parseUnsignedLong(matcher.group(2), 16)));
    }

    /// Whether a log can have a segment of this name, and a next one.
    public boolean isPossible() {
        return sequence >= SegmentLayout.FIRST_SEQUENCE && sequence < Long.MAX_VALUE && firstRaftIndex >= 1;
    }

    public Path in(Path directory) {
        return directory.resolve(toString());
    }

    @Override
    public int compareTo(SegmentName other) {
        int order = Long.compareUnsigned(sequence, other.sequence);
        return order != 0 ? order : Long.compareUnsigned(firstRaftIndex, other.firstRaftIndex);
    }

    @Override
    public String toString() {
        return hex(sequence) + "-" + hex(firstRaftIndex) + SUFFIX;
    }

    private static String hex(long value) {
        return java.util.HexFormat.of().toHexDigits(value);
    }
}
