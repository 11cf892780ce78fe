package tenon.server.campaign;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The laws that were broken, and by what.
final class Verdict {
    private static final int SHOWN_MAX = 8;

    private final Map<String, Violations> byLaw = new TreeMap<>();

    /// How often one law was broken, and the first times in words.
    private static final class Violations {
        int count;
        final List<String> first = new ArrayList<>();
    }

    /// @param law in a few words
    /// @param evidence calls, events or members that broke it together
    void violated(String law, Object... evidence) {
        Violations violations = byLaw.computeIfAbsent(law, each -> new Violations());
        violations.count++;
        if (violations.count <= SHOWN_MAX) {
            var text = new StringBuilder();
            for (Object each : evidence) {
                text.append(text.isEmpty() ? "  - " : "\n    ").append(each);
            }
            violations.first.add(text.toString());
        }
    }

    boolean holds() {
        return byLaw.isEmpty();
    }

    /// Names of the laws that were broken.
    List<String> laws() {
        return List.copyOf(byLaw.keySet());
    }

    @Override
    public String toString() {
        var text = new StringBuilder();
        byLaw.forEach((law, violations) -> {
            text.append("VIOLATED ").append(violations.count).append(" times: ").append(law).append('\n');
            violations.first.forEach(each -> text.append(each).append('\n'));
        });
        return text.toString();
    }
}
