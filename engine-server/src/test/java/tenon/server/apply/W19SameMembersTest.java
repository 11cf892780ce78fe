package tenon.server.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tenon.api.Entry;
import tenon.server.membership.stored.MemberChange;
import tenon.server.rpc.Member;
import tenon.testkit.Seeds;

/// W19 for members: the same log makes the same ones everywhere, and what is refused is refused everywhere, by the record
/// and by Raft.
class W19SameMembersTest {
    private static final int ENTRY_COUNT = 400;
    private static final int ID_COUNT = 60;
    private static final int URL_COUNT = 8;

    @Test
    void shouldMakeTheSameMembersOfTheSameLogOnEachMember() {
        List<Entry> log = randomLog(Seeds.random(getClass()));
        try (TestMember one = new TestMember(0, 7, UnaryOperator.identity());
                TestMember other = new TestMember(0, 100, UnaryOperator.identity())) {
            one.apply(log);
            log.forEach(entry -> other.apply(List.of(entry)));
            one.membership.validate();
            other.membership.validate();
            assertTrue(one.membership.members().removedIds().size() > 5, "too few changes to prove anything");
            assertEquals(one.membership.members(), other.membership.members());
            assertEquals(putInForce(one), putInForce(other));
            one.store.backend().commit();
            other.store.backend().commit();
            assertEquals(one.store.backend().hash(), other.store.backend().hash());
        }
    }

    private static List<String> putInForce(TestMember member) {
        return member.confChanges.stream().filter(told -> told.endsWith("put in force")).toList();
    }

    private static List<Entry> randomLog(RandomGenerator random) {
        List<Entry> log = new ArrayList<>();
        for (long i = 1; i <= ENTRY_COUNT; i++) {
            long id = 1 + random.nextInt(ID_COUNT);
            // Most are new, so that there are members to change; some are taken.
            long host = random.nextInt(4) == 0 ? random.nextInt(URL_COUNT) : URL_COUNT + i;
            Member member = Member.newBuilder()
                    .setID(id)
                    .addPeerURLs("http://h" + host + ":1")
                    .setIsLearner(random.nextInt(3) == 0)
                    .build();
            int kind = random.nextInt(6);
            log.add(kind == 0 ? introduction(i, id) : TestMember.confChange(i, change(kind, member)));
        }
        return log;
    }

    private static Entry introduction(long raftIndex, long id) {
        return TestMember.entry(raftIndex, proposal -> proposal.getMemberAttributesBuilder()
                .setMemberId(id)
                .setName("name of " + raftIndex)
                .addClientUrls("http://h:" + raftIndex));
    }

    private static MemberChange.Builder change(int kind, Member member) {
        MemberChange.Builder change = MemberChange.newBuilder();
        return switch (kind) {
            case 1 -> change.setRemove(member.getID());
            case 2 -> change.setPromote(member.getID());
            case 3 -> change.setUpdate(member);
            default -> change.setAdd(member);
        };
    }
}
