package tenon.server.campaign;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Each answer is true: what a call found and did is what the key space was, and became, at the revision that it was
/// told. And each change has its call, which did it once.
final class AnswerLaw {
    static final String LOST = "an acknowledged write is in the history, at its revision";
    static final String READ = "a read finds the key space as it was at its revision";
    static final String REPLACED = "a write tells what it replaced";
    static final String SWAPPED = "a swap happens if, and only if, what it expects is there";
    static final String NOBODY = "nothing is written that nobody asked for, and nothing that was refused";
    static final String ONCE = "a call takes effect once, and as a whole";
    static final String GENERATION = "a version counts on from the one before";

    private final KeySpaceHistory history;
    private final List<Call> calls;
    private final Verdict verdict;

    private AnswerLaw(KeySpaceHistory history, List<Call> calls, Verdict verdict) {
        this.history = history;
        this.calls = calls;
        this.verdict = verdict;
    }

    /// @return by call without an answer that took effect all the same: the revision at which it did
    static Map<Call, Long> judge(KeySpaceHistory history, List<Call> calls, Verdict verdict) {
        var law = new AnswerLaw(history, calls, verdict);
        law.judgeGenerations();
        calls.stream().filter(Call::isDone).forEach(law::judgeAnswer);
        Map<Call, Long> late = new HashMap<>();
        law.judgePuts(late);
        law.judgeDeletions(late);
        return late;
    }

    private void judgeGenerations() {
        for (Version event : history.events()) {
            Version before = history.find(event.key(), event.modRevision() - 1);
            boolean holds = event.isDeletion()
                    ? before != null
                    : before == null
                            ? event.version() == 1 && event.createRevision() == event.modRevision()
                            : event.version() == before.version() + 1
                                    && event.createRevision() == before.createRevision();
            if (!holds) {
                verdict.violated(GENERATION, before, event);
            }
        }
    }

    private void judgeAnswer(Call call) {
        Answer answer = call.answer();
        long revision = answer.revision();
        switch (call.request) {
            case Request.Read read -> {
                long seen = read.revision() == 0 ? revision : read.revision();
                judgeFound(READ, call, history.find(read, seen));
            }
            case Request.Put put -> judgeWrite(call, put.key());
            case Request.PutBoth both -> judgeWrite(call, both.key(), both.other());
            case Request.Delete delete -> judgeDelete(call, delete);
            case Request.Swap swap -> judgeSwap(call, swap);
        }
    }

    private void judgeWrite(Call call, String... keys) {
        long revision = call.answer().revision();
        for (String key : keys) {
            Version event = history.findEvent(key, revision);
            if (event == null || event.write() != call.id) {
                verdict.violated(LOST, call, "there: " + history.eventsAt(revision));
            }
        }
        if (call.request instanceof Request.Put put) {
            judgeFound(REPLACED, call, present(put.key(), revision - 1));
        }
    }

    private void judgeDelete(Call call, Request.Delete delete) {
        long revision = call.answer().revision();
        if (!call.answer().hasWritten()) {
            judgeFound(READ, call, present(delete.key(), revision));
            return;
        }
        Version event = history.findEvent(delete.key(), revision);
        if (event == null || !event.isDeletion()) {
            verdict.violated(LOST, call, "there: " + history.eventsAt(revision));
        }
        judgeFound(REPLACED, call, present(delete.key(), revision - 1));
    }

    private void judgeSwap(Call call, Request.Swap swap) {
        long revision = call.answer().revision();
        boolean hasWritten = call.answer().hasWritten();
        long before = history.modRevision(swap.key(), hasWritten ? revision - 1 : revision);
        if (hasWritten != (before == swap.expectedRevision())) {
            verdict.violated(SWAPPED, call, "there was: " + before);
        }
        if (hasWritten) {
            judgeWrite(call, swap.key());
        } else {
            judgeFound(READ, call, present(swap.key(), revision));
        }
    }

    private List<Version> present(String key, long revision) {
        Version version = history.find(key, revision);
        return version == null ? List.of() : List.of(version);
    }

    private void judgeFound(String law, Call call, List<Version> was) {
        if (!call.answer().found().equals(was)) {
            verdict.violated(law, call, "there was: " + was);
        }
    }

    /// Each value belongs to a call, which wrote it to its keys and at one revision.
    private void judgePuts(Map<Call, Long> late) {
        Map<Long, Call> byId = new HashMap<>();
        calls.forEach(call -> byId.put(call.id, call));
        Map<Long, List<Version>> byWrite = new HashMap<>();
        for (Version event : history.events()) {
            if (!event.isDeletion()) {
                byWrite.computeIfAbsent(event.write(), write -> new ArrayList<>()).add(event);
            }
        }
        byWrite.forEach((write, events) -> {
            Call call = byId.get(write);
            if (call == null || call.outcome() == Call.Outcome.REFUSED || call.isDone() && !call.hasWritten()) {
                verdict.violated(NOBODY, call, events);
                return;
            }
            long revision = events.getFirst().modRevision();
            List<String> keys = events.stream().map(Version::key).sorted().toList();
            if (!keys.equals(call.request.written().stream().sorted().toList())
                    || events.stream().anyMatch(event -> event.modRevision() != revision)) {
                verdict.violated(ONCE, call, events);
            }
            if (!call.isDone()) {
                late.put(call, revision);
                judgeLateSwap(call, revision);
            }
        });
    }

    private void judgeLateSwap(Call call, long revision) {
        if (call.request instanceof Request.Swap swap
                && history.modRevision(swap.key(), revision - 1) != swap.expectedRevision()) {
            verdict.violated(SWAPPED, call, "at " + revision + " there was: "
                    + history.find(swap.key(), revision - 1));
        }
    }

    /// Each deletion that nobody was told of belongs to a call without an answer that had begun by then: to any such one,
    /// since they cannot be told apart.
    private void judgeDeletions(Map<Call, Long> late) {
        Map<String, List<Call>> open = new HashMap<>();
        Map<String, List<Long>> told = new HashMap<>();
        for (Call call : calls) {
            if (call.request instanceof Request.Delete delete) {
                if (call.hasWritten()) {
                    told.computeIfAbsent(delete.key(), key -> new ArrayList<>()).add(call.answer().revision());
                } else if (call.outcome() == Call.Outcome.UNKNOWN) {
                    open.computeIfAbsent(delete.key(), key -> new ArrayList<>()).add(call);
                }
            }
        }
        for (Version event : history.events()) {
            if (!event.isDeletion()) {
                continue;
            }
            long tellers = told.getOrDefault(event.key(), List.of()).stream()
                    .filter(revision -> revision == event.modRevision())
                    .count();
            List<Call> candidates = open.getOrDefault(event.key(), new ArrayList<>());
            if (tellers > 1) {
                verdict.violated(ONCE, event, tellers + " deletions were told that they did it");
            } else if (tellers == 0 && candidates.isEmpty()) {
                verdict.violated(NOBODY, event);
            } else if (tellers == 0) {
                late.put(candidates.removeFirst(), event.modRevision());
            }
        }
    }
}
