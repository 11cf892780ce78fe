package tenon.server.campaign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The laws are kept by a history that is right, and each is broken by one that is wrong in just that.
class LawsTest {
    private static final Request.Put PUT_A = new Request.Put("a");
    private static final Request.Delete DELETE_A = new Request.Delete("a");
    private static final Request.Read READ_A = new Request.Read("a", false, true, 0);
    private static final Request.Read STALE_A = new Request.Read("a", false, false, 0);

    private final List<Version> events = new ArrayList<>();
    private final List<Call> calls = new ArrayList<>();
    private final Verdict verdict = new Verdict();
    private long lastMoment;

    /// #1 puts a at revision 2, #2 reads it, #3 swaps it at 3, #4 deletes it at 4, #5 puts a and b at 5, #6 reads both.
    @BeforeEach
    void makeARightHistory() {
        happens(new Version("a", 1, 2, 2, 1));
        happens(new Version("a", 3, 2, 3, 2));
        happens(Version.deletion("a", 4));
        happens(new Version("a", 5, 5, 5, 1));
        happens(new Version("b", 5, 5, 5, 1));
        done(PUT_A, 2, true);
        done(READ_A, 2, false, events.get(0));
        done(new Request.Swap("a", 2, 1), 3, true);
        done(DELETE_A, 4, true, events.get(1));
        done(new Request.PutBoth("a", "b"), 5, true);
        done(new Request.Read("", true, true, 0), 5, false, events.get(3), events.get(4));
    }

    private void happens(Version event) {
        events.add(event);
    }

    private Call begun(Request request) {
        var call = new Call(calls.size() + 1, 1, 1, request, ++lastMoment);
        calls.add(call);
        return call;
    }

    private Call done(Request request, long revision, boolean hasWritten, Version... found) {
        return begun(request).answered(new Answer(revision, hasWritten, List.of(found)), 1, ++lastMoment);
    }

    private void refused(Request request) {
        begun(request).failed(Call.Outcome.REFUSED, "");
    }

    private void unknown(Request request) {
        begun(request).failed(Call.Outcome.UNKNOWN, "");
    }

    private void assertBroken(String... laws) {
        var history = new KeySpaceHistory(events);
        Map<Call, Long> late = AnswerLaw.judge(history, calls, verdict);
        OrderLaw.judge(calls, late, List.of(), verdict);
        RegisterLaw.judge(calls, verdict);
        assertEquals(List.of(laws).stream().sorted().toList(), verdict.laws(), verdict::toString);
    }

    private void assertWatchBroken(List<Version> other, String... laws) {
        WatchLaw.judge(Map.of("m1", events, "m2", other), 2, 5, verdict);
        assertEquals(List.of(laws).stream().sorted().toList(), verdict.laws(), verdict::toString);
    }

    @Test
    void shouldAcceptWhatIsRight() {
        assertWatchBroken(List.copyOf(events));
        assertBroken();
    }

    @Test
    void shouldAcceptThatWhatIsUnknownHappensLateOrNever() {
        unknown(PUT_A);
        unknown(new Request.Put("b"));
        unknown(DELETE_A);
        unknown(DELETE_A);
        happens(new Version("a", 7, 5, 6, 2));
        happens(Version.deletion("a", 7));
        done(READ_A, 7, false);
        assertBroken();
    }

    @Test
    void shouldFindALostWrite() {
        done(new Request.Put("b"), 6, true, events.get(4));
        assertBroken(AnswerLaw.LOST);
    }

    @Test
    void shouldFindAWriteLostUnderALaterOne() {
        done(new Request.Put("b"), 6, true, events.get(4));
        done(new Request.Put("b"), 6, true, events.get(4));
        happens(new Version("b", 8, 5, 6, 2));
        assertBroken(AnswerLaw.LOST, OrderLaw.LINEARIZABLE);
    }

    @Test
    void shouldFindALostDeletion() {
        done(DELETE_A, 6, true, events.get(3));
        done(READ_A, 6, false, events.get(3));
        assertBroken(AnswerLaw.LOST, RegisterLaw.LINEARIZABLE);
    }

    @Test
    void shouldFindAStaleRead() {
        done(READ_A, 3, false, events.get(1));
        assertBroken(OrderLaw.LINEARIZABLE, RegisterLaw.LINEARIZABLE);
    }

    @Test
    void shouldFindAStaleReadThatClaimsToBeNew() {
        done(READ_A, 5, false, events.get(1));
        assertBroken(AnswerLaw.READ, RegisterLaw.LINEARIZABLE);
    }

    @Test
    void shouldFindAReadBehindWhatAWatchTold() {
        happens(new Version("a", 7, 5, 6, 2));
        unknown(PUT_A);
        var sighting = new OrderLaw.Sighting(++lastMoment, 6, "a watch");
        done(READ_A, 5, false, events.get(3));
        OrderLaw.judge(calls, Map.of(), List.of(sighting), verdict);
        assertEquals(List.of(OrderLaw.LINEARIZABLE), verdict.laws());
    }

    @Test
    void shouldLetASerializableReadBeStaleButNotGoBackInOneLife() {
        Call stale = begun(STALE_A);
        stale.answered(new Answer(3, false, List.of(events.get(1))), 2, ++lastMoment);
        assertBroken();
        Call older = begun(STALE_A);
        older.answered(new Answer(2, false, List.of(events.get(0))), 2, ++lastMoment);
        Call inNextLife = begun(STALE_A);
        inNextLife.answered(new Answer(2, false, List.of(events.get(0))), 3, ++lastMoment);
        assertBroken(OrderLaw.SERIALIZABLE);
        assertTrue(verdict.toString().contains("VIOLATED 1 times"), verdict::toString);
    }

    @Test
    void shouldFindTwoSwapsOfTheSame() {
        done(new Request.Swap("a", 5, 5), 6, true);
        done(new Request.Swap("a", 5, 5), 7, true);
        happens(new Version("a", 7, 5, 6, 2));
        happens(new Version("a", 8, 5, 7, 3));
        assertBroken(AnswerLaw.SWAPPED, RegisterLaw.LINEARIZABLE);
    }

    @Test
    void shouldFindASwapThatShouldHaveHappened() {
        done(new Request.Swap("a", 5, 5), 5, false, events.get(3));
        assertBroken(AnswerLaw.SWAPPED);
    }

    @Test
    void shouldFindAnUnknownSwapThatHappenedOnSomethingElse() {
        unknown(new Request.Swap("a", 3, 3));
        happens(new Version("a", 7, 5, 6, 2));
        assertBroken(AnswerLaw.SWAPPED);
    }

    @Test
    void shouldFindWhatHappenedThoughItWasRefused() {
        refused(PUT_A);
        happens(new Version("a", 7, 5, 6, 2));
        assertBroken(AnswerLaw.NOBODY);
    }

    @Test
    void shouldFindWhatNobodyAskedFor() {
        happens(new Version("a", WrittenValue.UNKNOWN, 5, 6, 2));
        happens(Version.deletion("b", 7));
        assertBroken(AnswerLaw.NOBODY);
        assertTrue(verdict.toString().contains("VIOLATED 2 times"), verdict::toString);
    }

    @Test
    void shouldFindAWriteThatHappenedTwice() {
        unknown(PUT_A);
        happens(new Version("a", 7, 5, 6, 2));
        happens(new Version("a", 7, 5, 7, 3));
        assertBroken(AnswerLaw.ONCE);
    }

    @Test
    void shouldFindADeletionToldToTwo() {
        Call one = begun(DELETE_A);
        Call other = begun(DELETE_A);
        happens(Version.deletion("a", 6));
        one.answered(new Answer(6, true, List.of(events.get(3))), 1, ++lastMoment);
        other.answered(new Answer(6, true, List.of(events.get(3))), 1, ++lastMoment);
        assertBroken(AnswerLaw.ONCE);
    }

    @Test
    void shouldFindHalfATransaction() {
        unknown(new Request.PutBoth("a", "b"));
        happens(new Version("a", 7, 5, 6, 2));
        assertBroken(AnswerLaw.ONCE);
    }

    @Test
    void shouldFindAWriteBeforeItsTime() {
        unknown(PUT_A);
        events.set(0, new Version("a", 7, 2, 2, 1));
        calls.set(0, new Call(1, 1, 1, PUT_A, 1).failed(Call.Outcome.UNKNOWN, ""));
        calls.set(1, new Call(2, 1, 1, READ_A, 3).failed(Call.Outcome.UNKNOWN, ""));
        assertBroken(OrderLaw.LINEARIZABLE);
    }

    @Test
    void shouldFindAWrongPreviousValue() {
        happens(new Version("a", 7, 5, 6, 2));
        done(PUT_A, 6, true, events.get(1));
        assertBroken(AnswerLaw.REPLACED);
    }

    @Test
    void shouldFindAWrongCountOfVersions() {
        happens(new Version("a", 7, 5, 6, 3));
        unknown(PUT_A);
        assertBroken(AnswerLaw.GENERATION);
    }

    @Test
    void shouldFindAGapInAWatch() {
        assertWatchBroken(without(2), WatchLaw.GAP, WatchLaw.SAME);
    }

    @Test
    void shouldFindAGapAtTheEndOfAWatch() {
        assertWatchBroken(events.subList(0, 3), WatchLaw.GAP, WatchLaw.SAME);
    }

    @Test
    void shouldFindAMissingHalfOfARevision() {
        assertWatchBroken(without(4), WatchLaw.SAME);
    }

    @Test
    void shouldFindAnEventToldTwice() {
        List<Version> twice = new ArrayList<>(events);
        twice.add(4, events.get(3));
        assertWatchBroken(twice, WatchLaw.ONCE, WatchLaw.SAME);
    }

    @Test
    void shouldFindAWatchThatGoesBack() {
        List<Version> back = new ArrayList<>(events);
        back.add(events.get(1));
        assertWatchBroken(back, WatchLaw.ORDER, WatchLaw.SAME);
    }

    @Test
    void shouldFindAnotherValueAtAnotherMember() {
        List<Version> other = new ArrayList<>(events);
        other.set(1, new Version("a", 9, 2, 3, 2));
        assertWatchBroken(other, WatchLaw.SAME);
    }

    @Test
    void shouldKnowItsOwnValuesOnly() {
        assertEquals(17, WrittenValue.writeOf(WrittenValue.of(17)));
        assertEquals(WrittenValue.UNKNOWN, WrittenValue.writeOf(Client.bytes("17")));
        assertEquals(WrittenValue.UNKNOWN, WrittenValue.writeOf(Client.bytes("")));
        assertEquals(WrittenValue.UNKNOWN, WrittenValue.writeOf(Client.bytes("x")));
    }

    private List<Version> without(int index) {
        List<Version> rest = new ArrayList<>(events);
        rest.remove(index);
        return rest;
    }
}
