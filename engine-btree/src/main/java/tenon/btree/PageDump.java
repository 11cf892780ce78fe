package tenon.btree;

import java.util.List;

/// A page in full.
///
/// @param lines what the page's structure says, a line for each field, element or entry, for people to read
/// @param elements of a leaf or branch page, else empty
/// @param bytes the page as it lies in the file, without its overflow pages
public record PageDump(PageInfo info, List<String> lines, List<Element> elements, byte[] bytes) {
    public PageDump {
        lines = List.copyOf(lines);
        elements = List.copyOf(elements);
    }

    /// An element.
    ///
    /// @param kind what its value is
    /// @param referenceId the page that it leads to, 0 for none
    /// @param valueLength of the whole value in bytes, wherever it lies
    public record Element(int index, byte[] key, Kind kind, long referenceId, int valueLength) {}

    /// What an element holds.
    public enum Kind {
        VALUE,
        OVERFLOW_VALUE,
        BUCKET,
        CHILD
    }
}
