package tenon.server.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;
import tenon.server.rpc.PutRequest;
import tenon.server.rpc.RangeRequest;
import tenon.server.rpc.RequestOp;
import tenon.server.rpc.TxnRequest;

/// W6, and what a request costs.
class W06QuotaTest {
    private static final PutRequest PUT = PutRequest.newBuilder()
            .setKey(ByteString.copyFromUtf8("key"))
            .setValue(ByteString.copyFromUtf8("value"))
            .build();

    @Test
    void w06ShouldTakeZeroAsTwoGibibytesAndNegativeAsNone() {
        assertEquals(2L << 30, Quota.ofConfigured(0, () -> 0).limitBytes());
        assertFalse(Quota.ofConfigured(-1, () -> 0).isLimited());
        assertTrue(Quota.ofConfigured(-1, () -> Long.MAX_VALUE).admits(1L << 40));
        assertEquals(9L << 30, Quota.ofConfigured(9L << 30, () -> 0).limitBytes());
    }

    @Test
    void shouldAdmitWhatLeavesRoomAndWhatCostsNothing() {
        Quota quota = Quota.ofConfigured(1000, () -> 600);
        assertTrue(quota.admits(399));
        assertFalse(quota.admits(400));
        assertTrue(Quota.ofConfigured(1000, () -> 5000).admits(0));
    }

    @Test
    void shouldCountTheDearerBranchAtEveryLevel() {
        long one = 256 + 3 + 5;
        RequestOp put = RequestOp.newBuilder().setRequestPut(PUT).build();
        RequestOp range =
                RequestOp.newBuilder().setRequestRange(RangeRequest.getDefaultInstance()).build();
        TxnRequest inner =
                TxnRequest.newBuilder().addSuccess(put).addSuccess(put).addFailure(put).build();
        TxnRequest outer = TxnRequest.newBuilder()
                .addSuccess(range)
                .addFailure(put)
                .addFailure(RequestOp.newBuilder().setRequestTxn(inner))
                .build();
        assertEquals(one, RequestCost.ofPut(PUT));
        assertEquals(3 * one, RequestCost.ofTxn(outer));
        assertEquals(0, RequestCost.ofTxn(TxnRequest.newBuilder().addSuccess(range).build()));
    }
}
