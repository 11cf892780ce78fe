package tenon.server.campaign;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/// Revisions follow time: who begins after somebody else was told a revision is not told an older one, and what it
/// writes comes behind it. With [AnswerLaw] that makes the whole key space linearizable.
final class OrderLaw {
    static final String LINEARIZABLE = "who begins later sees all that was told before, and writes behind it";
    static final String SERIALIZABLE = "what one member answers never goes back in time";

    /// Somebody was told that this revision is there.
    ///
    /// @param at when
    record Sighting(long at, long revision, Object by) {}

    private OrderLaw() {}

    /// @param late by call without an answer that took effect: where
    /// @param events when watchers were told of them
    static void judge(List<Call> calls, Map<Call, Long> late, List<Sighting> events, Verdict verdict) {
        List<Sighting> sightings = new ArrayList<>(events);
        calls.stream().filter(Call::isDone).map(OrderLaw::sighting).forEach(sightings::add);
        judge(LINEARIZABLE, calls, late, sightings, Call::isBoundByTime, verdict);
        Map<String, List<Call>> byLife = new TreeMap<>();
        for (Call call : calls) {
            if (call.isDone() && call.life() > 0) {
                byLife.computeIfAbsent(call.member + " " + call.life(), life -> new ArrayList<>()).add(call);
            }
        }
        byLife.values().forEach(served -> judge(
                SERIALIZABLE,
                served,
                Map.of(),
                served.stream().map(OrderLaw::sighting).toList(),
                call -> !call.isBoundByTime(),
                verdict));
    }

    private static Sighting sighting(Call call) {
        return new Sighting(call.returnedAt(), call.answer().revision(), call);
    }

    private static void judge(
            String law,
            List<Call> calls,
            Map<Call, Long> late,
            List<Sighting> sightings,
            Predicate<Call> isBound,
            Verdict verdict) {
        List<Sighting> inTime = sightings.stream().sorted(Comparator.comparingLong(Sighting::at)).toList();
        Sighting before = null;
        int next = 0;
        for (Call call : calls.stream().sorted(Comparator.comparingLong(call -> call.invokedAt)).toList()) {
            for (; next < inTime.size() && inTime.get(next).at() < call.invokedAt; next++) {
                before = before == null || inTime.get(next).revision() > before.revision() ? inTime.get(next) : before;
            }
            Long revision = call.isDone() ? Long.valueOf(call.answer().revision()) : late.get(call);
            if (before == null || revision == null || !isBound.test(call)) {
                continue;
            }
            boolean writes = call.hasWritten() || !call.isDone();
            if (writes ? revision <= before.revision() : revision < before.revision()) {
                verdict.violated(law, before.by() + " before", call + " at " + revision);
            }
        }
    }
}
