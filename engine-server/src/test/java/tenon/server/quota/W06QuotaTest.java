package tenon.server.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
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

    /// What is logged with a level of at least WARNING while a quota is made.
    private static List<String> warnings(long configuredBytes) {
        List<String> warnings = new ArrayList<>();
        Logger logger = Logger.getLogger(Quota.class.getName());
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
                    warnings.add(new SimpleFormatter().formatMessage(entry));
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(handler);
        try {
            Quota.ofConfigured(configuredBytes, () -> 0);
        } finally {
            logger.removeHandler(handler);
        }
        return warnings;
    }

    @Test
    void w06ShouldWarnAboveEightGibibytesAndWithoutQuota() {
        assertEquals(List.of(), warnings(0));
        assertEquals(List.of(), warnings(8L << 30));
        List<String> tooMuch = warnings((8L << 30) + 1);
        assertEquals(1, tooMuch.size());
        assertTrue(tooMuch.getFirst().contains("8589934593"), tooMuch.getFirst());
        List<String> none = warnings(-1);
        assertEquals(1, none.size());
        assertTrue(none.getFirst().contains("switched off"), none.getFirst());
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
