package tenon.server.campaign;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A watch of all keys tells every revision, in order, without a gap and once, and it tells the same at each member.
final class WatchLaw {
    static final String ORDER = "a watch tells revisions in order";
    static final String ONCE = "a watch tells each event once";
    static final String GAP = "a watch leaves no revision out";
    static final String SAME = "watches tell the same at all members";

    private WatchLaw() {}

    /// @param byMember the events of each member's watch, as they came
    /// @param firstRevision from which on they watched
    /// @param lastRevision up to which all have watched
    static void judge(Map<String, List<Version>> byMember, long firstRevision, long lastRevision, Verdict verdict) {
        byMember.forEach((member, events) -> judgeOne(member, events, firstRevision, lastRevision, verdict));
        String first = byMember.keySet().iterator().next();
        byMember.keySet().forEach(other -> judgeSame(first, other, byMember, verdict));
    }

    private static void judgeOne(
            String member, List<Version> events, long firstRevision, long lastRevision, Verdict verdict) {
        long last = firstRevision - 1;
        Set<String> keys = new HashSet<>();
        for (Version event : events) {
            if (event.modRevision() < last) {
                verdict.violated(ORDER, member, event + " behind " + last);
            } else if (event.modRevision() > last + 1) {
                verdict.violated(GAP, member, "from " + last + " to " + event);
            }
            if (event.modRevision() > last) {
                last = event.modRevision();
                keys.clear();
            }
            if (event.modRevision() == last && !keys.add(event.key())) {
                verdict.violated(ONCE, member, event);
            }
        }
        if (last < lastRevision) {
            verdict.violated(GAP, member, "its last is " + last + " of " + lastRevision);
        }
    }

    private static void judgeSame(
            String member, String other, Map<String, List<Version>> byMember, Verdict verdict) {
        List<Version> here = byMember.get(member);
        List<Version> there = byMember.get(other);
        for (int i = 0; i < Math.min(here.size(), there.size()); i++) {
            if (!here.get(i).equals(there.get(i))) {
                verdict.violated(SAME, member + ": " + here.get(i), other + ": " + there.get(i));
                return;
            }
        }
        if (here.size() != there.size()) {
            verdict.violated(SAME, member + ": " + here.size() + " events", other + ": " + there.size() + " events");
        }
    }
}
