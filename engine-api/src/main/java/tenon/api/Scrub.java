package tenon.api;

/// A verification of all pages that a [Store] uses, made in steps by whoever holds this: so many pages at a time, with
/// as long a rest in between as suits. It may be left alone at any time and be taken up later; there is nothing to close.
///
/// Readers and the writer go on. Each step looks at the newest commit and pins it only until it returns. A page that
/// is in use from the beginning of a scrub to its end is verified by it; pages written meanwhile may be. What the
/// operating system keeps in memory is verified there, not on the medium.
///
/// One thread at a time.
public interface Scrub {
    /// Verifies some more pages. A damaged one is noted, and what only it leads to is passed over; who reads it later
    /// gets a [CorruptDataException].
    ///
    /// @param pageCountMax pages to verify now, at least 1. A long value is verified as a whole; the first step adds
    ///     the pages of the freelist
    /// @return whether any are left
    /// @throws MisuseException if the store is closed
    boolean step(int pageCountMax);

    ScrubProgress progress();
}
