package tenon.server.membership;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import tenon.server.error.EtcdError;
import tenon.server.error.RequestException;
import tenon.server.rpc.Member;
import tenon.testkit.ManualClock;

/// The member 1 checks, of voters that are called by their ids, and not at all if they have not started.
class ReconfigurationCheckTest {
    private static final long SECOND_NS = 1_000_000_000L;

    private final ManualClock clock = new ManualClock();
    private final Map<Long, Long> activeSinceNs = new HashMap<>();
    private final ReconfigurationCheck check = new ReconfigurationCheck(
            1, id -> activeSinceNs.getOrDefault(id, PeerActivity.INACTIVE), clock);

    private static Member started(long id) {
        return MemberChangesTest.member(id, Long.toString(id), false, "http://h" + id + ":1");
    }

    private static Member unstarted(long id) {
        return MemberChangesTest.member(id, "", false, "http://h" + id + ":1");
    }

    private static Member learner(long id) {
        return MemberChangesTest.member(id, "", true, "http://h" + id + ":1");
    }

    private static Members members(Member... members) {
        return new Members(List.of(members), Set.of());
    }

    /// These have been in touch with the first one for long enough.
    private void connect(long... ids) {
        LongStream.of(ids).forEach(id -> activeSinceNs.put(id, clock.monotonicNs()));
        clock.advanceNs(6 * SECOND_NS);
    }

    private static EtcdError refusal(Runnable checked) {
        try {
            checked.run();
            return null;
        } catch (RequestException refusal) {
            return refusal.error();
        }
    }

    private EtcdError add(Members members) {
        return refusal(() -> check.checkAdd(members, false));
    }

    private EtcdError addLearner(Members members) {
        return refusal(() -> check.checkAdd(members, true));
    }

    private EtcdError remove(Members members, long id) {
        return refusal(() -> check.checkRemove(members, id));
    }

    @Test
    void shouldLetALoneMemberHaveCompany() {
        assertEquals(null, add(members(started(1))));
        assertEquals(null, addLearner(members(started(1))));
    }

    @Test
    void shouldRefuseToAddWhileTooFewHaveStarted() {
        connect(2);
        assertEquals(EtcdError.MEMBER_NOT_ENOUGH_STARTED, add(members(started(1), unstarted(2))));
        assertEquals(null, addLearner(members(started(1), started(2))));
        assertEquals(null, add(members(started(1), started(2))));
    }

    @Test
    void shouldRefuseToAddWhileTooFewAreInTouch() {
        Members three = members(started(1), started(2), started(3));
        assertEquals(EtcdError.UNHEALTHY, add(three));
        connect(2);
        assertEquals(EtcdError.UNHEALTHY, add(three));
        assertEquals(EtcdError.UNHEALTHY, addLearner(three));
        connect(3);
        assertEquals(null, add(three));
    }

    @Test
    void shouldRefuseToAddWhileAnyVoterIsNotInTouch() {
        Members two = members(started(1), started(2));
        Members four = members(started(1), started(2), started(3), started(4));
        Members five = members(started(1), started(2), started(3), started(4), started(5), learner(6));
        assertEquals(EtcdError.UNHEALTHY, add(two));
        connect(2, 3);
        assertEquals(null, add(two));
        assertEquals(EtcdError.UNHEALTHY, add(four));
        connect(4);
        assertEquals(null, add(four));
        assertEquals(EtcdError.UNHEALTHY, add(five), "four of six would be a quorum");
        assertEquals(EtcdError.UNHEALTHY, addLearner(five));
        connect(5);
        assertEquals(null, add(five), "nobody asks for the learner");
        assertEquals(null, addLearner(five));
    }

    @Test
    void shouldAskForAQuorumToRemoveOneOfFive() {
        Members five = members(started(1), started(2), started(3), started(4), started(5));
        connect(2, 3);
        assertEquals(EtcdError.UNHEALTHY, remove(five, 2), "two would remain that are in touch, of four");
        assertEquals(null, remove(five, 5));
        connect(4);
        assertEquals(null, remove(five, 2));
    }

    @Test
    void shouldCountAConnectionOnlyAfterAWhile() {
        Members two = members(started(1), started(2));
        activeSinceNs.put(2L, clock.monotonicNs());
        clock.advanceNs(5 * SECOND_NS);
        assertEquals(EtcdError.UNHEALTHY, add(two));
        clock.advanceNs(1);
        assertEquals(null, add(two));
    }

    @Test
    void shouldRefuseToRemoveWhileTooFewHaveStarted() {
        assertEquals(EtcdError.MEMBER_NOT_ENOUGH_STARTED, remove(members(started(1)), 1));
        Members members = members(started(1), started(2), unstarted(3));
        connect(2);
        assertEquals(EtcdError.MEMBER_NOT_ENOUGH_STARTED, remove(members, 2));
        assertEquals(null, remove(members, 3));
    }

    @Test
    void shouldRefuseToRemoveOneThatTheQuorumNeeds() {
        Members three = members(started(1), started(2), started(3));
        connect(2);
        assertEquals(EtcdError.UNHEALTHY, remove(three, 2));
        assertEquals(EtcdError.UNHEALTHY, remove(three, 1));
        assertEquals(null, remove(three, 3), "it is down, and nobody misses it");
        connect(3);
        assertEquals(null, remove(three, 2));
        assertEquals(null, remove(three, 1));
    }

    @Test
    void shouldLetLearnersGo() {
        assertEquals(null, remove(members(started(1), learner(2)), 2));
    }

    @Test
    void shouldRefuseToPromoteWhileTooFewHaveStarted() {
        assertEquals(null, refusal(() -> check.checkPromote(members(started(1), learner(3)))));
        assertEquals(
                EtcdError.MEMBER_NOT_ENOUGH_STARTED,
                refusal(() -> check.checkPromote(members(unstarted(1), unstarted(2), learner(3)))));
    }
}
