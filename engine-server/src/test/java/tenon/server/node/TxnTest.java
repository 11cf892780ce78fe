package tenon.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tenon.server.error.EtcdError;
import tenon.server.rpc.Compare;
import tenon.server.rpc.CompactionRequest;
import tenon.server.rpc.DeleteRangeRequest;
import tenon.server.rpc.RangeRequest;
import tenon.server.rpc.RequestOp;
import tenon.server.rpc.TxnRequest;
import tenon.server.rpc.TxnResponse;
import tenon.testkit.SimulatedFileSystem;

/// W20 and the semantics of etcd's transactions.
class TxnTest {
    private static final ByteString ALL = ByteString.copyFrom(new byte[1]);

    private final SimulatedFileSystem files = new SimulatedFileSystem();
    private final Node node = TestNodes.start(files);

    @AfterEach
    void close() {
        node.close();
    }

    private static RequestOp put(String key, String value) {
        return RequestOp.newBuilder().setRequestPut(TestNodes.put(key, value)).build();
    }

    private static RequestOp get(String key) {
        return RequestOp.newBuilder().setRequestRange(TestNodes.get(key)).build();
    }

    private static Compare.Builder compare(String key, Compare.CompareResult result) {
        return Compare.newBuilder().setKey(ByteString.copyFromUtf8(key)).setResult(result);
    }

    private TxnResponse run(TxnRequest.Builder request) {
        return TestNodes.await(node.kv().txn(request.build()));
    }

    @Test
    void w20ShouldBeOneRevisionAndSeeItsOwnWrites() {
        TxnResponse response = run(TxnRequest.newBuilder().addSuccess(put("a", "1")).addSuccess(get("a"))
                .addSuccess(put("b", "2")));
        assertEquals(2, response.getHeader().getRevision());
        assertEquals("1", response.getResponses(1).getResponseRange().getKvs(0).getValue().toStringUtf8());
        assertEquals(2, TestNodes.get(node, "a").getKvs(0).getModRevision());
        assertEquals(2, TestNodes.get(node, "b").getKvs(0).getModRevision());
    }

    @Test
    void shouldApplyTheDeepestTxnThatARequestCanHold() throws Exception {
        TxnRequest.Builder deepest = TxnRequest.newBuilder().addSuccess(put("a", "deep"));
        try {
            for (;;) {
                TxnRequest.Builder outer = TxnRequest.newBuilder()
                        .addSuccess(RequestOp.newBuilder().setRequestTxn(deepest));
                TxnRequest.parseFrom(outer.build().toByteArray());
                deepest = outer;
            }
        } catch (InvalidProtocolBufferException tooDeep) {
            assertTrue(run(deepest).getSucceeded());
        }
        assertEquals("deep", TestNodes.get(node, "a").getKvs(0).getValue().toStringUtf8());
    }

    /// One that is short enough to be taken for what members tell of their states.
    @Test
    void shouldStartAgainAfterADeepTxn() {
        TxnRequest.Builder deepest = TxnRequest.newBuilder().addSuccess(put("a", ""));
        for (int i = 0; i < 49; i++) {
            deepest = TxnRequest.newBuilder().addSuccess(RequestOp.newBuilder().setRequestTxn(deepest));
        }
        assertTrue(deepest.build().getSerializedSize() < 245);
        assertTrue(run(deepest).getSucceeded());
        node.close();
        try (Node again = TestNodes.start(files)) {
            assertEquals(1, TestNodes.get(again, "a").getKvsCount());
        }
    }

    @Test
    void shouldTellOfAPutThatCannotBeBeforeARangeThatCannotBe() {
        RequestOp future = RequestOp.newBuilder()
                .setRequestRange(TestNodes.get("a").toBuilder().setRevision(1_000))
                .build();
        RequestOp noKey = RequestOp.newBuilder()
                .setRequestPut(TestNodes.put("none", "").toBuilder().setIgnoreValue(true))
                .build();
        TxnRequest txn = TxnRequest.newBuilder().addSuccess(future).addSuccess(noKey).build();
        assertEquals(EtcdError.KEY_NOT_FOUND, TestNodes.refusal(node.kv().txn(txn)));
    }

    @Test
    void shouldTakeTheBranchOfItsComparisons() {
        TestNodes.put(node, "a", "1");
        Compare present = compare("a", Compare.CompareResult.EQUAL).setTarget(Compare.CompareTarget.MOD)
                .setModRevision(2).build();
        TxnRequest.Builder swap =
                TxnRequest.newBuilder().addCompare(present).addSuccess(put("a", "2")).addFailure(get("a"));
        assertTrue(run(swap).getSucceeded());
        TxnResponse lost = run(swap);
        assertFalse(lost.getSucceeded());
        assertEquals("2", lost.getResponses(0).getResponseRange().getKvs(0).getValue().toStringUtf8());
        assertEquals(3, lost.getHeader().getRevision());
    }

    @Test
    void shouldCompareAMissingKeyAsZeroButNeverByValue() {
        Compare version = compare("none", Compare.CompareResult.EQUAL).setTarget(Compare.CompareTarget.VERSION)
                .setVersion(0).build();
        Compare value = compare("none", Compare.CompareResult.NOT_EQUAL).setTarget(Compare.CompareTarget.VALUE)
                .setValue(ByteString.copyFromUtf8("x")).build();
        assertTrue(run(TxnRequest.newBuilder().addCompare(version)).getSucceeded());
        assertFalse(run(TxnRequest.newBuilder().addCompare(value)).getSucceeded());
    }

    @Test
    void shouldCompareEveryKeyOfARange() {
        TestNodes.put(node, "a", "1");
        TestNodes.put(node, "b", "1");
        Compare.Builder all = compare("a", Compare.CompareResult.EQUAL).setTarget(Compare.CompareTarget.VERSION)
                .setVersion(1).setRangeEnd(ALL);
        assertTrue(run(TxnRequest.newBuilder().addCompare(all)).getSucceeded());
        TestNodes.put(node, "b", "2");
        assertFalse(run(TxnRequest.newBuilder().addCompare(all)).getSucceeded());
    }

    @Test
    void shouldDecideNestedTransactionsByTheStateBefore() {
        Compare absent = compare("a", Compare.CompareResult.EQUAL).setTarget(Compare.CompareTarget.CREATE)
                .setCreateRevision(0).build();
        TxnRequest inner = TxnRequest.newBuilder().addCompare(absent).addSuccess(put("b", "inner")).build();
        TxnResponse response = run(TxnRequest.newBuilder()
                .addSuccess(put("a", "outer"))
                .addSuccess(RequestOp.newBuilder().setRequestTxn(inner)));
        assertTrue(response.getResponses(1).getResponseTxn().getSucceeded());
        assertEquals("inner", TestNodes.get(node, "b").getKvs(0).getValue().toStringUtf8());
        assertEquals(2, response.getHeader().getRevision());
    }

    @Test
    void shouldNeverHalfApply() {
        RequestOp future = RequestOp.newBuilder()
                .setRequestRange(TestNodes.get("a").toBuilder().setRevision(100))
                .build();
        RequestOp lease = RequestOp.newBuilder()
                .setRequestPut(TestNodes.put("b", "x").toBuilder().setLease(7))
                .build();
        RequestOp ignore = RequestOp.newBuilder()
                .setRequestPut(TestNodes.put("b", "").toBuilder().setIgnoreValue(true))
                .build();
        TxnRequest.Builder txn = TxnRequest.newBuilder().addSuccess(put("a", "1"));
        assertEquals(EtcdError.FUTURE_REVISION, refusal(txn.clone().addSuccess(future)));
        assertEquals(EtcdError.LEASE_NOT_FOUND, refusal(txn.clone().addSuccess(lease)));
        assertEquals(EtcdError.KEY_NOT_FOUND, refusal(txn.clone().addSuccess(ignore)));
        assertEquals(0, TestNodes.get(node, "a").getCount());
        assertEquals(1, TestNodes.get(node, "a").getHeader().getRevision());
    }

    /// etcd#18667: the range failed while the transaction was being applied, and the process with it.
    @Test
    void shouldRefuseATxnWithARangeAtACompactedRevision() {
        TestNodes.put(node, "a", "1");
        TestNodes.put(node, "a", "2");
        TestNodes.await(node.kv().compact(CompactionRequest.newBuilder().setRevision(3).build()));
        RequestOp old = RequestOp.newBuilder()
                .setRequestRange(TestNodes.get("a").toBuilder().setRevision(2))
                .build();
        assertEquals(EtcdError.COMPACTED, refusal(TxnRequest.newBuilder().addSuccess(put("a", "3")).addSuccess(old)));
        assertEquals("2", TestNodes.get(node, "a").getKvs(0).getValue().toStringUtf8());
        TestNodes.put(node, "a", "4");
        assertEquals(4, TestNodes.get(node, "a").getHeader().getRevision());
    }

    private EtcdError refusal(TxnRequest.Builder txn) {
        return TestNodes.refusal(node.kv().txn(txn.build()));
    }

    @Test
    void shouldDeleteAndGiveBackWhatWasThere() {
        TestNodes.put(node, "a", "1");
        TestNodes.put(node, "b", "2");
        DeleteRangeRequest deletion = DeleteRangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("a"))
                .setRangeEnd(ALL)
                .setPrevKv(true)
                .build();
        var deleted = TestNodes.await(node.kv().deleteRange(deletion));
        assertEquals(2, deleted.getDeleted());
        assertEquals("2", deleted.getPrevKvs(1).getValue().toStringUtf8());
        assertEquals(4, deleted.getHeader().getRevision());
        assertEquals(4, TestNodes.await(node.kv().deleteRange(deletion)).getHeader().getRevision());
    }

    @Test
    void shouldReadRangesAsAsked() {
        for (int i = 0; i < 5; i++) {
            TestNodes.put(node, "k" + i, "v" + (9 - i));
        }
        RangeRequest.Builder all =
                RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("k")).setRangeEnd(ALL);
        var limited = TestNodes.await(node.kv().range(all.clone().setLimit(2).build()));
        assertEquals(2, limited.getKvsCount());
        assertEquals(5, limited.getCount());
        assertTrue(limited.getMore());
        var byValue = TestNodes.await(node.kv()
                .range(all.clone()
                        .setLimit(1)
                        .setSortTarget(RangeRequest.SortTarget.VALUE)
                        .setSortOrder(RangeRequest.SortOrder.ASCEND)
                        .setKeysOnly(true)
                        .build()));
        assertEquals("k4", byValue.getKvs(0).getKey().toStringUtf8());
        assertTrue(byValue.getKvs(0).getValue().isEmpty());
        var late = TestNodes.await(node.kv().range(all.clone().setMinModRevision(5).build()));
        assertEquals(2, late.getKvsCount());
        assertEquals(5, late.getCount());
        var old = TestNodes.await(node.kv().range(all.clone().setRevision(3).setSerializable(true).build()));
        assertEquals(2, old.getKvsCount());
        assertEquals(6, old.getHeader().getRevision());
        assertEquals(0, TestNodes.await(node.kv().range(all.clone().setCountOnly(true).build())).getKvsCount());
        assertEquals(
                EtcdError.FUTURE_REVISION,
                TestNodes.refusal(node.kv().range(all.clone().setRevision(7).build())));
    }
}
