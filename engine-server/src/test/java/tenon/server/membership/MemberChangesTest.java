package tenon.server.membership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tenon.api.ConfChange;
import tenon.api.ConfChange.Step;
import tenon.api.ConfChange.StepType;
import tenon.api.ConfChange.Transition;
import tenon.server.error.EtcdError;
import tenon.server.error.RequestException;
import tenon.server.membership.stored.MemberChange;
import tenon.server.rpc.Member;

class MemberChangesTest {
    private static final Member ONE = member(1, "one", false, "http://h1:1");
    private static final Member TWO = member(2, "two", false, "http://h2:1", "http://h2:2");
    private static final Member LEARNER = member(3, "", true, "http://h3:1");
    private static final Members ALL = new Members(List.of(ONE, TWO, LEARNER), Set.of(9L));

    static Member member(long id, String name, boolean isLearner, String... peerUrls) {
        return Member.newBuilder()
                .setID(id)
                .setName(name)
                .setIsLearner(isLearner)
                .addAllPeerURLs(List.of(peerUrls))
                .build();
    }

    private static ConfChange change(Consumer<MemberChange.Builder> operation) {
        MemberChange.Builder change = MemberChange.newBuilder().setRequestId(77);
        operation.accept(change);
        return MemberChanges.encode(change.build());
    }

    private static Members apply(Members members, Consumer<MemberChange.Builder> operation) {
        return MemberChanges.apply(members, change(operation));
    }

    private static EtcdError refusal(Members members, Consumer<MemberChange.Builder> operation) {
        return assertThrows(RequestException.class, () -> apply(members, operation)).error();
    }

    @Test
    void shouldAddAVoterAndALearner() {
        Member voter = member(4, "", false, "http://h4:1");
        assertEquals(List.of(ONE, TWO, LEARNER, voter), apply(ALL, change -> change.setAdd(voter)).all());
        Members voters = new Members(List.of(ONE), Set.of());
        Members withLearner = apply(voters, change -> change.setAdd(LEARNER));
        assertTrue(withLearner.isLearner(3));
        assertEquals(List.of(ONE), withLearner.voters());
    }

    @Test
    void shouldRefuseToAddWhatIsThereOrWasThere() {
        assertEquals(
                EtcdError.MEMBER_EXISTS,
                refusal(ALL, change -> change.setAdd(member(2, "", false, "http://h4:1"))));
        assertEquals(
                EtcdError.PEER_URL_EXISTS,
                refusal(ALL, change -> change.setAdd(member(4, "", false, "http://h4:1", "http://h2:2"))));
        assertEquals(
                EtcdError.MEMBER_NOT_FOUND,
                refusal(ALL, change -> change.setAdd(member(9, "", false, "http://h9:1"))));
    }

    @Test
    void shouldRefuseASecondLearner() {
        assertEquals(
                EtcdError.TOO_MANY_LEARNERS,
                refusal(ALL, change -> change.setAdd(member(4, "", true, "http://h4:1"))));
    }

    @Test
    void shouldPromoteALearnerAndNobodyElse() {
        assertFalse(apply(ALL, change -> change.setPromote(3)).isLearner(3));
        assertEquals(EtcdError.MEMBER_NOT_LEARNER, refusal(ALL, change -> change.setPromote(2)));
        assertEquals(EtcdError.MEMBER_NOT_FOUND, refusal(ALL, change -> change.setPromote(4)));
        assertEquals(EtcdError.MEMBER_NOT_FOUND, refusal(ALL, change -> change.setPromote(9)));
    }

    @Test
    void shouldRemoveForEver() {
        Members members = apply(ALL, change -> change.setRemove(2));
        assertNull(members.find(2));
        assertTrue(members.isRemoved(2));
        assertEquals(EtcdError.MEMBER_NOT_FOUND, refusal(members, change -> change.setAdd(TWO)));
        assertEquals(EtcdError.MEMBER_NOT_FOUND, refusal(members, change -> change.setRemove(2)));
        assertEquals(EtcdError.MEMBER_NOT_FOUND, refusal(members, change -> change.setRemove(4)));
    }

    @Test
    void shouldKeepTheLastVoter() {
        Members members = apply(ALL, change -> change.setRemove(1));
        assertEquals(EtcdError.MEMBER_NOT_ENOUGH_STARTED, refusal(members, change -> change.setRemove(2)));
        assertEquals(List.of(TWO), apply(members, change -> change.setRemove(3)).all());
    }

    @Test
    void shouldChangePeerUrlsAndNothingElse() {
        Members members = apply(ALL, change -> change.setUpdate(member(3, "x", false, "http://h3:2", "http://h3:1")));
        assertEquals(member(3, "", true, "http://h3:2", "http://h3:1"), members.find(3));
        assertEquals(List.of(), change(change -> change.setUpdate(LEARNER)).steps());
        assertEquals(
                EtcdError.PEER_URL_EXISTS,
                refusal(ALL, change -> change.setUpdate(member(3, "", true, "http://h1:1"))));
        assertEquals(
                EtcdError.MEMBER_NOT_FOUND,
                refusal(ALL, change -> change.setUpdate(member(4, "", true, "http://h4:1"))));
        assertEquals(
                EtcdError.MEMBER_NOT_FOUND,
                refusal(ALL, change -> change.setUpdate(member(9, "", true, "http://h4:1"))));
    }

    @Test
    void shouldTellRaftWhatItMeans() {
        assertEquals(List.of(new Step(StepType.ADD_VOTER, 1)), change(change -> change.setAdd(ONE)).steps());
        assertEquals(List.of(new Step(StepType.ADD_LEARNER, 3)), change(change -> change.setAdd(LEARNER)).steps());
        assertEquals(List.of(new Step(StepType.ADD_VOTER, 3)), change(change -> change.setPromote(3)).steps());
        assertEquals(List.of(new Step(StepType.REMOVE, 2)), change(change -> change.setRemove(2)).steps());
    }

    @Test
    void shouldNoticeAnEntryThatContradictsItself() {
        ConfChange removal = change(change -> change.setRemove(2));
        ConfChange other =
                new ConfChange(Transition.AUTO, List.of(new Step(StepType.REMOVE, 1)), removal.context());
        assertThrows(IllegalStateException.class, () -> MemberChanges.apply(ALL, other));
        ConfChange nothing = new ConfChange(Transition.AUTO, List.of(), new byte[] {1});
        assertThrows(IllegalStateException.class, () -> MemberChanges.apply(ALL, nothing));
    }

    @Test
    void shouldKnowFoundersOfALogWithoutRecordsByTheirIds() {
        ConfChange founding =
                new ConfChange(Transition.AUTO, List.of(new Step(StepType.ADD_VOTER, 5)), new byte[0]);
        Members members = MemberChanges.apply(Members.NOBODY, founding);
        assertEquals(List.of(member(5, "", false)), members.all());
        ConfChange leaving = new ConfChange(Transition.AUTO, List.of(), new byte[0]);
        assertEquals(members, MemberChanges.apply(members, leaving));
    }
}
