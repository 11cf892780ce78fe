package tenon.api;

/// What one step of an online defragmentation did.
///
/// @param outcome what to do next
/// @param movedPageCount pages that were written to new places, with those above them in their trees
/// @param fileSizeBytes size of the file after the step
/// @param writerPauseNs how long the writer was held up
public record DefragmentStep(Outcome outcome, long movedPageCount, long fileSizeBytes, long writerPauseNs) {
    /// Whether another step is of use.
    public enum Outcome {
        /// There is more to do.
        GOES_ON,
        /// There is no room to move pages to as long as readers hold what was freed.
        WAITS_FOR_READERS,
        /// Nothing is left to gain.
        DONE
    }
}
