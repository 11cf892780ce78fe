package tenon.server.campaign;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.DeleteRangeResponse;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.PutResponse;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.ConnectException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Carries out calls, one at a time, each at one member, and knows of each whether it was done, refused, or neither.
final class Client implements AutoCloseable {
    /// Of errors in etcd's words: these come before anything is proposed, or from a proposal that was refused.
    private static final Set<Status.Code> REFUSALS = Set.of(
            Status.Code.INVALID_ARGUMENT,
            Status.Code.OUT_OF_RANGE,
            Status.Code.RESOURCE_EXHAUSTED,
            Status.Code.FAILED_PRECONDITION,
            Status.Code.UNIMPLEMENTED);

    private static final String ETCD_WORDS = "etcdserver: ";

    private final int number;
    private final CallLog log;
    private final long timeoutMs;
    private final Map<Integer, Connection> connections = new HashMap<>();

    Client(int number, List<Member> members, CallLog log, long timeoutMs) {
        this.number = number;
        this.log = log;
        this.timeoutMs = timeoutMs;
        members.forEach(member -> connections.put(member.number, new Connection(member)));
    }

    /// Makes one call and waits for its end, at most for the timeout.
    Call call(int memberNumber, Request request) {
        Connection connection = connections.get(memberNumber);
        Member member = connection.member();
        int life = member.life();
        Call call = log.begin(number, memberNumber, request);
        try {
            Answer answer = send(connection.kv(timeoutMs), call);
            return call.answered(answer, member.life() == life ? life : 0, log.now());
        } catch (StatusRuntimeException e) {
            if (!isWordOfServer(e.getStatus())) {
                connection.renew();
            }
            return call.failed(outcome(e), e.getStatus().getCode() + " " + e.getStatus().getDescription());
        }
    }

    private static boolean isWordOfServer(Status status) {
        return status.getDescription() != null && status.getDescription().startsWith(ETCD_WORDS);
    }

    private static Call.Outcome outcome(StatusRuntimeException failure) {
        Status status = failure.getStatus();
        boolean wasNeverSent = Stream.iterate(failure.getCause(), cause -> cause != null, Throwable::getCause)
                .anyMatch(ConnectException.class::isInstance);
        return wasNeverSent || isWordOfServer(status) && REFUSALS.contains(status.getCode())
                ? Call.Outcome.REFUSED
                : Call.Outcome.UNKNOWN;
    }

    private static Answer send(KVGrpc.KVBlockingStub kv, Call call) {
        return switch (call.request) {
            case Request.Put put -> answer(kv.put(
                    putOf(put.key(), call.id).toBuilder().setPrevKv(true).build()));
            case Request.PutBoth both -> {
                TxnResponse response = kv.txn(TxnRequest.newBuilder()
                        .addSuccess(RequestOp.newBuilder().setRequestPut(putOf(both.key(), call.id)))
                        .addSuccess(RequestOp.newBuilder().setRequestPut(putOf(both.other(), call.id)))
                        .build());
                yield new Answer(response.getHeader().getRevision(), true, List.of());
            }
            case Request.Delete delete -> answer(kv.deleteRange(DeleteRangeRequest.newBuilder()
                    .setKey(bytes(delete.key()))
                    .setPrevKv(true)
                    .build()));
            case Request.Swap swap -> answer(kv.txn(txnOf(swap, call.id)));
            case Request.Read read -> answer(kv.range(rangeOf(read)));
        };
    }

    private static PutRequest putOf(String key, long write) {
        return PutRequest.newBuilder().setKey(bytes(key)).setValue(WrittenValue.of(write)).build();
    }

    private static TxnRequest txnOf(Request.Swap swap, long write) {
        var otherwise = RangeRequest.newBuilder().setKey(bytes(swap.key()));
        return TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder()
                        .setKey(bytes(swap.key()))
                        .setTarget(Compare.CompareTarget.MOD)
                        .setResult(Compare.CompareResult.EQUAL)
                        .setModRevision(swap.expectedRevision()))
                .addSuccess(RequestOp.newBuilder().setRequestPut(putOf(swap.key(), write)))
                .addFailure(RequestOp.newBuilder().setRequestRange(otherwise))
                .build();
    }

    private static RangeRequest rangeOf(Request.Read read) {
        var range = RangeRequest.newBuilder()
                .setKey(bytes(read.key()))
                .setRevision(read.revision())
                .setSerializable(!read.isLinearizable());
        if (read.isPrefix()) {
            // All keys are from the first one on, without an end.
            ByteString zero = ByteString.copyFrom(new byte[1]);
            range.setKey(read.key().isEmpty() ? zero : bytes(read.key()));
            range.setRangeEnd(read.key().isEmpty() ? zero : endOfPrefix(read.key()));
        }
        return range.build();
    }

    /// The first key behind all those that begin so.
    private static ByteString endOfPrefix(String prefix) {
        byte[] end = bytes(prefix).toByteArray();
        end[end.length - 1]++;
        return ByteString.copyFrom(end);
    }

    private static Answer answer(PutResponse response) {
        List<KeyValue> replaced = response.hasPrevKv() ? List.of(response.getPrevKv()) : List.of();
        return new Answer(response.getHeader().getRevision(), true, versions(replaced));
    }

    private static Answer answer(DeleteRangeResponse response) {
        return new Answer(
                response.getHeader().getRevision(), response.getDeleted() > 0, versions(response.getPrevKvsList()));
    }

    private static Answer answer(TxnResponse response) {
        List<KeyValue> found = response.getSucceeded()
                ? List.of()
                : response.getResponses(0).getResponseRange().getKvsList();
        return new Answer(response.getHeader().getRevision(), response.getSucceeded(), versions(found));
    }

    private static Answer answer(RangeResponse response) {
        return new Answer(response.getHeader().getRevision(), false, versions(response.getKvsList()));
    }

    private static List<Version> versions(List<KeyValue> told) {
        return told.stream().map(Version::of).toList();
    }

    static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    @Override
    public void close() {
        connections.values().forEach(Connection::close);
    }
}
