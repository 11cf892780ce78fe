package tenon.server.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tenon.api.Entry;
import tenon.server.divergence.stored.StateCheck;
import tenon.server.divergence.stored.Take;
import tenon.server.divergence.stored.Told;
import tenon.server.error.EtcdError;
import tenon.server.error.RequestException;
import tenon.server.kv.PendingProposals.Outcome;
import tenon.server.membership.stored.MemberChange;
import tenon.server.rpc.AlarmMember;
import tenon.server.rpc.AlarmType;
import tenon.server.rpc.Member;

/// W19: what members tell of their states raises the same alarms at the same entry on each of them.
class W19SameAlarmsTest {
    private static final long NO_QUOTA = -1;

    private final TestMember here = new TestMember(NO_QUOTA, 100, UnaryOperator.identity());
    private final TestMember there = new TestMember(NO_QUOTA, 1, UnaryOperator.identity());
    private long raftIndex;
    private long takeIndex;

    @BeforeEach
    void found() {
        for (long id = 1; id <= 3; id++) {
            Member member =
                    Member.newBuilder().setID(id).addPeerURLs("http://h" + id + ":1").build();
            apply(TestMember.confChange(++raftIndex, MemberChange.newBuilder().setAdd(member)));
        }
        apply(put());
        take();
    }

    @AfterEach
    void stop() {
        here.close();
        there.close();
    }

    private void apply(Entry entry) {
        here.apply(List.of(entry));
        there.apply(List.of(entry));
        assertEquals(here.alarms.all(), there.alarms.all());
    }

    private Entry put() {
        return TestMember.entry(++raftIndex, proposal -> proposal.getPutBuilder().setKey(ByteString.copyFromUtf8("k")));
    }

    private void take() {
        takeIndex = raftIndex + 1;
        check(StateCheck.newBuilder().setTake(Take.getDefaultInstance()));
    }

    private void check(StateCheck.Builder step) {
        apply(TestMember.entry(++raftIndex, proposal -> proposal.setStateCheck(step)));
    }

    /// @param error makes the hash another one
    private void tell(long memberId, long ofTakeIndex, long error) {
        check(StateCheck.newBuilder()
                .setTold(Told.newBuilder()
                        .setMemberId(memberId)
                        .setTakeIndex(ofTakeIndex)
                        .setRevision(here.store.currentRevision())
                        .setHash(here.store.stateHash().value() + error)
                        .setSinceRevision(here.store.stateHash().sinceRevision())));
    }

    private static AlarmMember corrupt(long memberId) {
        return AlarmMember.newBuilder()
                .setMemberID(memberId)
                .setAlarm(AlarmType.CORRUPT)
                .build();
    }

    @Test
    void shouldRaiseTheAlarmOfTheMinorityAndRefuseChangesFromThere() {
        tell(3, takeIndex, 1);
        tell(1, takeIndex, 0);
        assertEquals(List.of(), here.alarms.all(), "nobody knows yet");
        tell(2, takeIndex, 0);
        assertEquals(List.of(corrupt(3)), here.alarms.all());
        Entry refused = put();
        CompletableFuture<Outcome> outcome = here.pending.register(refused.raftIndex());
        apply(refused);
        assertTrue(outcome.handle((_, failure) -> failure instanceof RequestException refusal
                        && refusal.error() == EtcdError.CORRUPT)
                .join());
        assertEquals(2, here.store.currentRevision());
    }

    @Test
    void shouldRaiseNoneWhileAllTellTheSame() {
        for (long id = 1; id <= 3; id++) {
            tell(id, takeIndex, 0);
        }
        assertEquals(List.of(), here.alarms.all());
    }

    @Test
    void shouldHearOnlyWhatCountsForTheLastTake() {
        long before = takeIndex;
        tell(3, takeIndex, 1);
        take();
        tell(1, takeIndex, 0);
        tell(2, before, 1);
        tell(4711, takeIndex, 1);
        tell(1, takeIndex, 1);
        check(StateCheck.newBuilder());
        tell(2, takeIndex, 0);
        tell(3, takeIndex, 0);
        assertEquals(List.of(), here.alarms.all());
    }

    @Test
    void shouldRaiseTheAlarmsOfAllIfNoQuorumAgrees() {
        for (long id = 1; id <= 3; id++) {
            tell(id, takeIndex, id);
        }
        assertEquals(List.of(corrupt(1), corrupt(2), corrupt(3)), here.alarms.all());
    }

    @Test
    void shouldRaiseTheAlarmOfWhoTellsLate() {
        tell(1, takeIndex, 0);
        tell(2, takeIndex, 0);
        assertEquals(List.of(), here.alarms.all());
        tell(3, takeIndex, 7);
        assertEquals(List.of(corrupt(3)), here.alarms.all());
    }
}
