package tenon.testkit;

import java.util.NavigableMap;
import java.util.TreeMap;

/// Names as a program sees them, and names as they are on the disk.
final class DiskDirectory implements DiskNode {
    final NavigableMap<String, DiskNode> names = new TreeMap<>();
    final NavigableMap<String, DiskNode> durableNames = new TreeMap<>();

    void putDurably(String name, DiskNode node) {
        names.put(name, node);
        durableNames.put(name, node);
    }
}
