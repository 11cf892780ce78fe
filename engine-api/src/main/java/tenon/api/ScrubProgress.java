package tenon.api;

import java.util.List;

/// How far a [Scrub] is.
///
/// @param checkedPageCount pages verified so far
/// @param pageCount pages in use at the last step; while writes go on, more or fewer may be verified in the end
/// @param isDone whether the end was reached
/// @param findings one line per error, with page id; empty if all is well so far
public record ScrubProgress(long checkedPageCount, long pageCount, boolean isDone, List<String> findings) {
    public ScrubProgress {
        findings = List.copyOf(findings);
    }

    public boolean isClean() {
        return findings.isEmpty();
    }
}
