package tenon.server.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import tenon.api.ConfChange;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.mvcc.AppliedIndex;
import tenon.mvcc.HistoryLimit;
import tenon.mvcc.ReadTxn;
import tenon.mvcc.WriteTxn;
import tenon.raft.ConfChangeCodec;
import tenon.server.kv.PendingProposals.Outcome;
import tenon.server.rpc.PutRequest;
import tenon.testkit.Seeds;

/// W17: committed entries are applied in the order of the log, each of them once, and none before the one before it.
class W17ApplyOrderTest {
    private static final int ENTRY_COUNT = 500;

    private final List<Long> order = Collections.synchronizedList(new ArrayList<>());

    private TestMember member() {
        return new TestMember(0, 10, chain -> new ApplierLayer(chain) {
            @Override
            public Outcome put(PutRequest request, AppliedIndex at) {
                order.add(at.raftIndex());
                return super.put(request, at);
            }
        });
    }

    private static Entry put(long raftIndex) {
        ByteString index = ByteString.copyFromUtf8(Long.toString(raftIndex));
        return TestMember.entry(
                raftIndex,
                proposal -> proposal.getPutBuilder().setKey(ByteString.copyFromUtf8("k")).setValue(index));
    }

    private static List<String> valuesInOrder(TestMember member) {
        try (ReadTxn read = member.store.read()) {
            return read.history(1, HistoryLimit.NONE).changes().stream()
                    .map(WriteTxn.Change::keyValue)
                    .map(keyValue -> new String(keyValue.value()))
                    .toList();
        }
    }

    @Test
    void shouldApplyInTheOrderOfTheLog() {
        RandomGenerator random = Seeds.random(getClass());
        try (TestMember member = member()) {
            List<Entry> entries = LongStream.rangeClosed(1, ENTRY_COUNT)
                    .mapToObj(i -> i % 7 == 0 ? new Entry(1, i, EntryType.NORMAL, new byte[0]) : put(i))
                    .toList();
            for (int i = 0; i < ENTRY_COUNT; ) {
                int end = Math.min(ENTRY_COUNT, i + 1 + random.nextInt(20));
                member.submit(entries.subList(i, end));
                i = end;
            }
            member.apply(List.of(put(ENTRY_COUNT + 1)));
            List<Long> expected = LongStream.rangeClosed(1, ENTRY_COUNT + 1).filter(i -> i % 7 != 0).boxed().toList();
            assertEquals(expected, order);
            assertEquals(expected.stream().map(String::valueOf).toList(), valuesInOrder(member));
            assertEquals(new AppliedIndex(1, ENTRY_COUNT + 1), member.store.appliedIndex());
        }
    }

    @Test
    void shouldPassOverWhatIsAppliedAlready() {
        try (TestMember member = member()) {
            member.apply(List.of(put(1), put(2)));
            member.apply(List.of(put(1), put(2), put(3)));
            assertEquals(List.of("1", "2", "3"), valuesInOrder(member));
        }
    }

    @Test
    void shouldApplyNothingBehindAGap() throws Exception {
        try (TestMember member = member()) {
            member.apply(List.of(put(1)));
            member.submit(List.of(put(3)));
            Throwable reason = member.failure.get(20, TimeUnit.SECONDS);
            assertTrue(reason.getMessage().contains("only 1 entries are applied"), reason.getMessage());
            assertEquals(List.of("1"), valuesInOrder(member));
            assertEquals(new AppliedIndex(1, 1), member.store.appliedIndex());
        }
    }

    @Test
    void shouldPutAChangeOfTheConfigurationInForceBeforeItsIndexIsAppliedAndTellThen() {
        ConfChange change = new ConfChange(
                ConfChange.Transition.AUTO,
                List.of(new ConfChange.Step(ConfChange.StepType.ADD_VOTER, 7)),
                new byte[0]);
        try (TestMember member = member()) {
            Entry entry = new Entry(1, 2, EntryType.CONF_CHANGE, ConfChangeCodec.encode(change));
            member.apply(List.of(put(1), entry, put(3)));
            assertEquals(
                    List.of("[Step[type=ADD_VOTER, nodeId=7]] put in force", "applied up to 2"), member.confChanges);
            assertEquals(new AppliedIndex(1, 3), member.store.appliedIndex());
        }
    }
}
