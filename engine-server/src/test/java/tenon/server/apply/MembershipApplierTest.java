package tenon.server.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tenon.api.ConfState;
import tenon.api.Entry;
import tenon.server.error.EtcdError;
import tenon.server.error.RequestException;
import tenon.server.kv.PendingProposals.Outcome;
import tenon.server.membership.Members;
import tenon.server.membership.MembershipStore;
import tenon.server.membership.stored.MemberChange;
import tenon.server.rpc.Member;
import tenon.server.rpc.MemberListResponse;

class MembershipApplierTest {
    private static final Member ONE = member(1, false);
    private static final Member LEARNER = member(2, true);

    private final TestMember member = new TestMember(0, 100, UnaryOperator.identity());

    @AfterEach
    void close() {
        member.membership.validate();
        member.close();
    }

    private static Member member(long id, boolean isLearner) {
        return Member.newBuilder()
                .setID(id)
                .addPeerURLs("http://h" + id + ":1")
                .setIsLearner(isLearner)
                .build();
    }

    private static Entry add(long raftIndex, Member added) {
        return TestMember.confChange(raftIndex, MemberChange.newBuilder().setRequestId(raftIndex).setAdd(added));
    }

    private static Entry remove(long raftIndex, long id) {
        return TestMember.confChange(raftIndex, MemberChange.newBuilder().setRequestId(raftIndex).setRemove(id));
    }

    @Test
    void shouldAnswerWithAllMembersWhenTheChangeIsApplied() {
        member.apply(List.of(add(1, ONE)));
        CompletableFuture<Outcome> outcome = member.pending.register(2);
        member.apply(List.of(add(2, LEARNER)));
        MemberListResponse members = (MemberListResponse) outcome.join().response();
        assertEquals(List.of(ONE, LEARNER), members.getMembersList());
        assertEquals(0, members.getHeader().getRevision(), "members have no revision");
        assertEquals(List.of(ONE, LEARNER), member.toldMembers.all());
        assertEquals(
                new ConfState(Set.of(1L), Set.of(), Set.of(2L), Set.of(), false), member.membership.confState());
    }

    @Test
    void shouldRefuseWhatDoesNotFitAnyMoreAndTellRaftOfNoStep() {
        member.apply(List.of(add(1, ONE)));
        CompletableFuture<Outcome> outcome = member.pending.register(2);
        member.apply(List.of(add(2, ONE), TestMember.entry(3, proposal -> proposal.getAlarmBuilder())));
        RequestException refusal = assertInstanceOf(
                RequestException.class,
                assertThrows(CompletionException.class, outcome::join).getCause());
        assertEquals(EtcdError.MEMBER_EXISTS, refusal.error());
        assertEquals(
                List.of(
                        "[Step[type=ADD_VOTER, nodeId=1]] put in force",
                        "applied up to 1",
                        "[] put in force",
                        "applied up to 2"),
                member.confChanges);
    }

    @Test
    void shouldForgetMembersThatAreRemovedButNotTheirIds() {
        member.apply(List.of(add(1, ONE), add(2, member(2, false)), remove(3, 2), add(4, member(2, false))));
        assertEquals(List.of(ONE), member.membership.members().all());
        assertEquals(Set.of(2L), member.membership.members().removedIds());
        Members reopened = new MembershipStore(member.store.backend()).members();
        assertEquals(member.membership.members(), reopened);
    }

    @Test
    void shouldTakeOverWhatMembersTellOfThemselves() {
        member.apply(List.of(add(1, ONE), introduction(2, 1, "one"), introduction(3, 7, "nobody")));
        assertEquals(
                List.of(ONE.toBuilder().setName("one").addClientURLs("http://one:2379").build()),
                member.membership.members().all());
        member.apply(List.of(introduction(4, 1, "other")));
        assertEquals(List.of("http://other:2379"), member.membership.members().find(1).getClientURLsList());
        assertEquals(
                member.membership.members(), new MembershipStore(member.store.backend()).members());
    }

    private static Entry introduction(long raftIndex, long id, String name) {
        return TestMember.entry(raftIndex, proposal -> proposal.getMemberAttributesBuilder()
                .setMemberId(id)
                .setName(name)
                .addClientUrls("http://" + name + ":2379"));
    }
}
