package tenon.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;
import tenon.server.error.EtcdError;
import tenon.server.error.RequestException;
import tenon.server.rpc.Compare;
import tenon.server.rpc.DeleteRangeRequest;
import tenon.server.rpc.PutRequest;
import tenon.server.rpc.RangeRequest;
import tenon.server.rpc.RequestOp;
import tenon.server.rpc.TxnRequest;

class KvRequestCheckTest {
    private static final ByteString KEY = ByteString.copyFromUtf8("key");

    @Test
    void shouldRefuseEmptyKeys() {
        assertRefused(EtcdError.EMPTY_KEY, () -> KvRequestCheck.checkRange(RangeRequest.getDefaultInstance()));
        assertRefused(EtcdError.EMPTY_KEY, () -> KvRequestCheck.checkPut(PutRequest.getDefaultInstance()));
        assertRefused(
                EtcdError.EMPTY_KEY, () -> KvRequestCheck.checkDeleteRange(DeleteRangeRequest.getDefaultInstance()));
    }

    @Test
    void shouldTakeAnyRangeEndLimitAndRevision() {
        KvRequestCheck.checkRange(RangeRequest.newBuilder()
                .setKey(KEY)
                .setRangeEnd(ByteString.copyFromUtf8("a"))
                .setLimit(-1)
                .setRevision(-1)
                .build());
        KvRequestCheck.checkRange(RangeRequest.newBuilder()
                .setKey(ByteString.copyFrom(new byte[1]))
                .setRangeEnd(ByteString.copyFrom(new byte[1]))
                .build());
    }

    @Test
    void shouldRefuseSortOptionsThatAreNone() {
        RangeRequest.Builder range = RangeRequest.newBuilder().setKey(KEY);
        KvRequestCheck.checkRange(range.setSortOrderValue(2).setSortTargetValue(4).build());
        RangeRequest order = range.clone().setSortOrderValue(3).build();
        assertRefused(EtcdError.INVALID_SORT_OPTION, () -> KvRequestCheck.checkRange(order));
        RangeRequest target = range.clone().setSortTargetValue(5).build();
        assertRefused(EtcdError.INVALID_SORT_OPTION, () -> KvRequestCheck.checkRange(target));
    }

    @Test
    void shouldRefuseAValueOrLeaseThatIsToBeIgnored() {
        PutRequest.Builder put = PutRequest.newBuilder().setKey(KEY);
        KvRequestCheck.checkPut(put.clone().setIgnoreValue(true).setLease(3).build());
        KvRequestCheck.checkPut(put.clone().setIgnoreLease(true).setValue(KEY).build());
        PutRequest value = put.clone().setIgnoreValue(true).setValue(KEY).build();
        assertRefused(EtcdError.VALUE_PROVIDED, () -> KvRequestCheck.checkPut(value));
        PutRequest lease = put.clone().setIgnoreLease(true).setLease(3).build();
        assertRefused(EtcdError.LEASE_PROVIDED, () -> KvRequestCheck.checkPut(lease));
    }

    @Test
    void shouldCountTheOperationsOfEachListOfATxn() {
        checkTxn(gets(128), gets(128));
        assertRefused(EtcdError.TOO_MANY_OPS, () -> checkTxn(gets(129), gets(0)));
        assertRefused(EtcdError.TOO_MANY_OPS, () -> checkTxn(gets(0), gets(129)));
        TxnRequest.Builder compares = TxnRequest.newBuilder();
        for (int i = 0; i < 129; i++) {
            compares.addCompare(Compare.newBuilder().setKey(KEY));
        }
        assertRefused(EtcdError.TOO_MANY_OPS, () -> KvRequestCheck.checkTxn(compares.build(), 128));
        compares.removeCompare(0);
        KvRequestCheck.checkTxn(compares.build(), 128);
    }

    @Test
    void shouldLeaveANestedTxnWhatTheOuterOneHasLeft() {
        checkTxn(gets(9).addSuccess(nested(gets(118))), gets(0));
        assertRefused(EtcdError.TOO_MANY_OPS, () -> checkTxn(gets(9).addSuccess(nested(gets(119))), gets(0)));
        assertRefused(EtcdError.TOO_MANY_OPS, () -> checkTxn(gets(127).addSuccess(nested(gets(1))), gets(0)));
    }

    @Test
    void shouldCheckEveryOperationOfATxn() {
        RequestOp put = RequestOp.newBuilder()
                .setRequestPut(PutRequest.newBuilder().setKey(KEY).setIgnoreValue(true).setValue(KEY))
                .build();
        assertRefused(
                EtcdError.VALUE_PROVIDED, () -> checkTxn(TxnRequest.newBuilder().addSuccess(put), gets(0)));
        assertRefused(
                EtcdError.VALUE_PROVIDED,
                () -> checkTxn(gets(0), TxnRequest.newBuilder().addSuccess(nested(
                        TxnRequest.newBuilder().addFailure(put)))));
        RequestOp nothing = RequestOp.getDefaultInstance();
        assertRefused(
                EtcdError.KEY_NOT_FOUND, () -> checkTxn(TxnRequest.newBuilder().addSuccess(nothing), gets(0)));
    }

    @Test
    void shouldCheckComparisons() {
        Compare.Builder compare = Compare.newBuilder().setKey(KEY);
        assertRefused(EtcdError.EMPTY_KEY, () -> checkCompare(Compare.newBuilder()));
        assertRefused(EtcdError.UNKNOWN_ENUM_VALUE, () -> checkCompare(compare.clone().setResultValue(9)));
        assertRefused(EtcdError.UNKNOWN_ENUM_VALUE, () -> checkCompare(compare.clone().setTargetValue(9)));
        checkCompare(compare);
    }

    private static void checkCompare(Compare.Builder compare) {
        KvRequestCheck.checkTxn(TxnRequest.newBuilder().addCompare(compare).build(), 128);
    }

    private static void checkTxn(TxnRequest.Builder success, TxnRequest.Builder failure) {
        KvRequestCheck.checkTxn(
                TxnRequest.newBuilder()
                        .addAllSuccess(success.getSuccessList())
                        .addAllFailure(failure.getSuccessList())
                        .build(),
                128);
    }

    private static TxnRequest.Builder gets(int count) {
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        for (int i = 0; i < count; i++) {
            txn.addSuccess(RequestOp.newBuilder()
                    .setRequestRange(RangeRequest.newBuilder().setKey(KEY)));
        }
        return txn;
    }

    private static RequestOp nested(TxnRequest.Builder txn) {
        return RequestOp.newBuilder().setRequestTxn(txn).build();
    }

    private static void assertRefused(EtcdError error, Runnable check) {
        RequestException refusal = assertThrows(RequestException.class, check::run);
        assertEquals(error, refusal.error());
    }
}
