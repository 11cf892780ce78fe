package tenon.btree;

import java.util.List;
import tenon.api.BucketStats;

/// A bucket and its shape.
///
/// @param path names from the outermost bucket to this one
public record BucketInfo(List<byte[]> path, long sequence, BucketStats stats) {
    public BucketInfo {
        path = List.copyOf(path);
    }

    /// The path for people to read: names as text where they are text, joined by slashes.
    public String printablePath() {
        return String.join("/", path.stream().map(Names::printable).toList());
    }
}
