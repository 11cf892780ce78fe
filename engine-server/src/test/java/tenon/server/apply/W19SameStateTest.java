package tenon.server.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import tenon.api.Entry;
import tenon.mvcc.KeyRange;
import tenon.mvcc.RangeOptions;
import tenon.mvcc.ReadTxn;
import tenon.server.error.EtcdError;
import tenon.server.error.RequestException;
import tenon.server.kv.PendingProposals.Outcome;
import tenon.server.rpc.AlarmRequest;
import tenon.server.rpc.AlarmType;
import tenon.server.rpc.DeleteRangeRequest;
import tenon.server.rpc.PutRequest;
import tenon.server.rpc.RangeRequest;
import tenon.server.rpc.RequestOp;
import tenon.testkit.Seeds;

/// W19: apply asks the NOSPACE alarm itself, so that what passed the API layer before the alarm was raised has the
/// same effect on all members: none. The same log makes the same state, however large a member's own file is.
class W19SameStateTest {
    private static final int ENTRY_COUNT = 400;
    private static final long TINY_QUOTA_BYTES = 1;

    private static PutRequest.Builder put(String key, String value) {
        return PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(ByteString.copyFromUtf8(value));
    }

    private static Entry alarm(long raftIndex, AlarmRequest.AlarmAction action) {
        return TestMember.entry(
                raftIndex,
                proposal -> proposal.getAlarmBuilder()
                        .setAction(action)
                        .setMemberID(9)
                        .setAlarm(AlarmType.NOSPACE));
    }

    private static TestMember member(long quotaBytes, int batchLimit) {
        return new TestMember(quotaBytes, batchLimit, UnaryOperator.identity());
    }

    private static long count(TestMember member) {
        try (ReadTxn read = member.store.read()) {
            return read.range(KeyRange.all(), new RangeOptions(0, 0, true)).count();
        }
    }

    private static void assertRefused(CompletableFuture<Outcome> caller) {
        CompletionException refusal = assertThrows(CompletionException.class, caller::join);
        assertEquals(EtcdError.NO_SPACE, assertInstanceOf(RequestException.class, refusal.getCause()).error());
    }

    @Test
    void shouldRefuseAtApplyWhatWasProposedWhileTheAlarmStands() {
        try (TestMember member = member(0, 100)) {
            CompletableFuture<Outcome> before = member.pending.register(1);
            CompletableFuture<Outcome> putUnderAlarm = member.pending.register(3);
            CompletableFuture<Outcome> txnUnderAlarm = member.pending.register(4);
            CompletableFuture<Outcome> deletion = member.pending.register(5);
            CompletableFuture<Outcome> after = member.pending.register(7);
            RequestOp growing = RequestOp.newBuilder().setRequestPut(put("c", "1")).build();
            member.apply(List.of(
                    TestMember.entry(1, proposal -> proposal.setPut(put("a", "1"))),
                    alarm(2, AlarmRequest.AlarmAction.ACTIVATE),
                    TestMember.entry(3, proposal -> proposal.setPut(put("b", "1"))),
                    TestMember.entry(4, proposal -> proposal.getTxnBuilder().addFailure(growing).addSuccess(growing)),
                    TestMember.entry(
                            5,
                            proposal -> proposal.getDeleteRangeBuilder().setKey(ByteString.copyFromUtf8("a"))),
                    alarm(6, AlarmRequest.AlarmAction.DEACTIVATE),
                    TestMember.entry(7, proposal -> proposal.setPut(put("d", "1")))));
            before.join();
            assertRefused(putUnderAlarm);
            assertRefused(txnUnderAlarm);
            deletion.join();
            after.join();
            assertEquals(1, count(member), "only d");
            assertEquals(4, member.store.currentRevision(), "a refused request has no revision");
            assertEquals(7, member.store.appliedIndex().raftIndex());
        }
    }

    @Test
    void shouldMakeTheSameStateOfTheSameLogOnEachMember() {
        List<Entry> log = randomLog(Seeds.random(getClass()));
        try (TestMember roomy = member(0, 7);
                TestMember tight = member(TINY_QUOTA_BYTES, 100)) {
            roomy.apply(log);
            log.forEach(entry -> tight.apply(List.of(entry)));
            assertTrue(tight.alarmCount.get() > 0, "the tight member asks for the alarm");
            assertEquals(0, roomy.alarmCount.get());
            assertEquals(roomy.store.currentRevision(), tight.store.currentRevision());
            assertEquals(roomy.store.hashKeyspace(0), tight.store.hashKeyspace(0));
            assertEquals(roomy.alarms.all(), tight.alarms.all());
            assertTrue(count(roomy) > 0);
            assertEquals(count(roomy), count(tight));
        }
    }

    private static List<Entry> randomLog(RandomGenerator random) {
        List<Entry> log = new ArrayList<>();
        for (long i = 1; i <= ENTRY_COUNT; i++) {
            String key = "key" + random.nextInt(30);
            String value = Long.toString(random.nextLong());
            long revision = 2 + random.nextInt(100);
            log.add(switch (random.nextInt(20)) {
                case 0 -> alarm(i, AlarmRequest.AlarmAction.ACTIVATE);
                case 1, 2 -> alarm(i, AlarmRequest.AlarmAction.DEACTIVATE);
                case 3 -> TestMember.entry(i, proposal -> proposal.getCompactionBuilder().setRevision(revision));
                case 4, 5 -> TestMember.entry(
                        i, proposal -> proposal.getDeleteRangeBuilder().setKey(ByteString.copyFromUtf8(key)));
                case 6, 7, 8 -> TestMember.entry(
                        i,
                        proposal -> proposal.getTxnBuilder()
                                .addSuccess(RequestOp.newBuilder().setRequestPut(put(key, value)))
                                .addSuccess(RequestOp.newBuilder().setRequestPut(put(key + "'", value))));
                default -> TestMember.entry(i, proposal -> proposal.setPut(put(key, value)));
            });
        }
        return log;
    }

    /// What is written does not depend on the memory that a member has for the answer.
    @Test
    void shouldWriteTheSameWithoutMemoryForTheAnswer() {
        try (TestMember poor = member(0, 10);
                TestMember rich = member(0, 10)) {
            while (poor.answers.begin().take(1)) {
                // All of it, and what is kept for small answers too.
            }
            ByteString all = ByteString.copyFrom(new byte[1]);
            RequestOp read = RequestOp.newBuilder()
                    .setRequestRange(RangeRequest.newBuilder().setKey(all).setRangeEnd(all))
                    .build();
            DeleteRangeRequest.Builder deletion = DeleteRangeRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8("a"))
                    .setRangeEnd(ByteString.copyFromUtf8("c"))
                    .setPrevKv(true);
            List<Entry> entries = List.of(
                    TestMember.entry(1, proposal -> proposal.setPut(put("a", "1"))),
                    TestMember.entry(2, proposal -> proposal.setPut(put("a", "2").setPrevKv(true))),
                    TestMember.entry(3, proposal -> proposal.getTxnBuilder()
                            .addSuccess(read)
                            .addSuccess(RequestOp.newBuilder().setRequestPut(put("b", "3")))
                            .addSuccess(read)),
                    TestMember.entry(4, proposal -> proposal.setDeleteRange(deletion)),
                    TestMember.entry(5, proposal -> proposal.setPut(put("d", "5"))));
            List<CompletableFuture<Outcome>> answers = LongStream.rangeClosed(1, entries.size())
                    .mapToObj(poor.pending::register)
                    .toList();
            poor.apply(entries);
            rich.apply(entries);
            assertEquals(rich.store.stateHash(), poor.store.stateHash());
            assertEquals(1, count(poor));
            answers.get(0).join();
            answers.subList(1, 4).forEach(answer -> assertEquals(
                    EtcdError.NO_MEMORY_FOR_ANSWER,
                    assertInstanceOf(
                                    RequestException.class,
                                    assertThrows(CompletionException.class, answer::join).getCause())
                            .error()));
            answers.get(4).join();
        }
    }
}
