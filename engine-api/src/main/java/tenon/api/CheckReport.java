package tenon.api;

import java.util.List;

/// What a structural check found.
///
/// @param checkedPageCount pages looked at
/// @param findings one line per error, with page id; empty if all is well
public record CheckReport(long checkedPageCount, List<String> findings) {
    public CheckReport {
        findings = List.copyOf(findings);
    }

    public boolean isClean() {
        return findings.isEmpty();
    }
}
