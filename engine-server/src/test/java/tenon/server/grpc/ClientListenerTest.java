package tenon.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tenon.api.Platform;
import tenon.server.error.EtcdError;
import tenon.server.error.ListenException;
import tenon.server.rpc.AlarmRequest;
import tenon.server.rpc.AlarmType;
import tenon.server.rpc.ClusterGrpc;
import tenon.server.rpc.CompactionRequest;
import tenon.server.rpc.DefragmentRequest;
import tenon.server.rpc.DefragmentResponse;
import tenon.server.rpc.DeleteRangeRequest;
import tenon.server.rpc.DiagnosticsGrpc;
import tenon.server.rpc.HashKVRequest;
import tenon.server.rpc.HashRequest;
import tenon.server.rpc.KVGrpc;
import tenon.server.rpc.MaintenanceGrpc;
import tenon.server.rpc.MemberListRequest;
import tenon.server.rpc.PutRequest;
import tenon.server.rpc.PutResponse;
import tenon.server.rpc.RangeRequest;
import tenon.server.rpc.RangeResponse;
import tenon.server.rpc.StagesRequest;
import tenon.server.rpc.StatusRequest;
import tenon.server.rpc.TxnRequest;

class ClientListenerTest {
    private static final ByteString KEY = ByteString.copyFromUtf8("hello");

    private TestNode node;
    private KVGrpc.KVBlockingStub kv;
    private MaintenanceGrpc.MaintenanceBlockingStub maintenance;

    @BeforeEach
    void start() {
        node = new TestNode();
        kv = KVGrpc.newBlockingStub(node.channel).withDeadlineAfter(20, TimeUnit.SECONDS);
        maintenance = MaintenanceGrpc.newBlockingStub(node.channel).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void shouldServeTheKeySpaceW1() {
        PutRequest put = PutRequest.newBuilder()
                .setKey(KEY)
                .setValue(ByteString.copyFromUtf8("world"))
                .build();
        assertEquals(FakeKv.HEADER, kv.put(put).getHeader());
        assertEquals(put, node.kv.requests.remove());

        RangeResponse range = kv.range(RangeRequest.newBuilder().setKey(KEY).build());
        assertEquals(KEY, range.getKvs(0).getKey());
        assertEquals(
                3,
                kv.deleteRange(DeleteRangeRequest.newBuilder().setKey(KEY).build()).getDeleted());
        assertTrue(kv.txn(TxnRequest.getDefaultInstance()).getSucceeded());
        CompactionRequest compaction = CompactionRequest.newBuilder()
                .setRevision(4)
                .setPhysical(true)
                .build();
        assertEquals(FakeKv.HEADER, kv.compact(compaction).getHeader());
    }

    @Test
    void shouldServeOperators() {
        assertEquals("3.4.23", maintenance.status(StatusRequest.getDefaultInstance()).getVersion());
        assertEquals(0xFFFF_FFFF, maintenance.hash(HashRequest.getDefaultInstance()).getHash());
        HashKVRequest hash = HashKVRequest.newBuilder().setRevision(6).build();
        assertEquals(6, maintenance.hashKV(hash).getHashRevision());
        AlarmRequest alarm =
                AlarmRequest.newBuilder().setMemberID(8).setAlarm(AlarmType.NOSPACE).build();
        assertEquals(AlarmType.NOSPACE, maintenance.alarm(alarm).getAlarms(0).getAlarm());
        assertEquals(
                "one",
                ClusterGrpc.newBlockingStub(node.channel)
                        .memberList(MemberListRequest.getDefaultInstance())
                        .getMembers(0)
                        .getName());
        assertEquals(
                "apply",
                DiagnosticsGrpc.newBlockingStub(node.channel)
                        .stages(StagesRequest.getDefaultInstance())
                        .getStages(0)
                        .getStage());
    }

    @Test
    void shouldTellTheStateWhileItDefragments() throws Exception {
        CompletableFuture<DefragmentResponse> ended = new CompletableFuture<>();
        MaintenanceGrpc.newStub(node.channel).defragment(DefragmentRequest.getDefaultInstance(), into(ended));
        assertTrue(node.maintenance.defragmentBegan.await(10, TimeUnit.SECONDS));

        assertEquals("3.4.23", maintenance.status(StatusRequest.getDefaultInstance()).getVersion());
        assertFalse(ended.isDone());

        node.maintenance.defragmentMayEnd.countDown();
        assertEquals(FakeKv.HEADER, ended.get(10, TimeUnit.SECONDS).getHeader());
    }

    @Test
    void shouldRefuseBeforeTheServiceW2() {
        assertRefused(EtcdError.EMPTY_KEY, () -> kv.put(PutRequest.getDefaultInstance()));
        assertRefused(EtcdError.EMPTY_KEY, () -> kv.range(RangeRequest.getDefaultInstance()));
        assertRefused(EtcdError.EMPTY_KEY, () -> kv.deleteRange(DeleteRangeRequest.getDefaultInstance()));
        assertEquals(List.of(), List.copyOf(node.kv.requests));
    }

    @Test
    void shouldTellRefusalsInTheWordsOfEtcd() {
        for (EtcdError error : EtcdError.values()) {
            node.kv.failure = error.exception();
            assertRefused(error, this::put);
        }
        node.kv.failure = null;
        node.kv.thrown = EtcdError.STOPPED.exception();
        assertRefused(EtcdError.STOPPED, this::put);
    }

    @Test
    void shouldNotTellClientsWhatADefectLooksLike() {
        node.kv.failure = new IllegalStateException("secret");
        StatusRuntimeException refusal = assertThrows(StatusRuntimeException.class, this::put);
        assertEquals(Failures.UNEXPECTED.getCode(), refusal.getStatus().getCode());
        assertEquals(Failures.UNEXPECTED.getDescription(), refusal.getStatus().getDescription());

        node.kv.failure = null;
        assertEquals(FakeKv.HEADER, put().getHeader());
    }

    @Test
    void shouldRefuseWithoutLeaderThoseWhoAskForOneW12() {
        node.maintenance.hasLeader = false;
        assertEquals(FakeKv.HEADER, put().getHeader());

        Metadata headers = new Metadata();
        headers.put(LeaderInterceptor.HAS_LEADER, "true");
        KVGrpc.KVBlockingStub asking =
                kv.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
        assertRefused(
                EtcdError.NO_LEADER,
                () -> asking.put(PutRequest.newBuilder().setKey(KEY).build()));

        node.maintenance.hasLeader = true;
        assertEquals(
                FakeKv.HEADER,
                asking.put(PutRequest.newBuilder().setKey(KEY).build()).getHeader());
    }

    @Test
    void shouldTakeMoreThanTheRequestLimitAndRefuseMoreThanTheMessageLimitW10() {
        int overheadBytes = 512 * 1024;
        int within = ClientOptions.DEFAULT_REQUEST_BYTES_MAX + overheadBytes - 100;
        assertEquals(FakeKv.HEADER, kv.put(putOf(within)).getHeader());

        StatusRuntimeException refusal =
                assertThrows(StatusRuntimeException.class, () -> kv.put(putOf(within + 200)));
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, refusal.getStatus().getCode());
        assertEquals(FakeKv.HEADER, put().getHeader());
    }

    @Test
    void shouldAnswerWhatItDoesNotServe() {
        for (String method : List.of("etcdserverpb.Lease/LeaseGrant", "etcdserverpb.Watch/Unwatch", "nobody.Knows/It")) {
            MethodDescriptor<PutRequest, PutResponse> descriptor = KVGrpc.getPutMethod().toBuilder()
                    .setFullMethodName(method)
                    .build();
            StatusRuntimeException refusal = assertThrows(
                    StatusRuntimeException.class,
                    () -> ClientCalls.blockingUnaryCall(
                            node.channel, descriptor, CallOptions.DEFAULT, PutRequest.getDefaultInstance()));
            assertEquals(Status.Code.UNIMPLEMENTED, refusal.getStatus().getCode(), method);
        }
    }

    @Test
    void shouldRefuseRequestsThatAreNoProtobuf() {
        MethodDescriptor<byte[], PutResponse> raw = KVGrpc.getPutMethod().toBuilder(
                        RawBytes.MARSHALLER, KVGrpc.getPutMethod().getResponseMarshaller())
                .build();
        for (byte[] request : List.of(new byte[] {(byte) 0xFF}, new byte[] {10, 100, 1}, new byte[] {12})) {
            StatusRuntimeException refusal = assertThrows(
                    StatusRuntimeException.class,
                    () -> ClientCalls.blockingUnaryCall(node.channel, raw, CallOptions.DEFAULT, request));
            assertEquals(Status.Code.INTERNAL, refusal.getStatus().getCode());
            assertEquals(FakeKv.HEADER, put().getHeader());
        }
    }

    @Test
    void shouldCountCalls() throws Exception {
        put();
        assertRefused(EtcdError.EMPTY_KEY, () -> kv.put(PutRequest.getDefaultInstance()));
        shouldAnswerWhatItDoesNotServe();
        // The client knows the end of a call a little before the server has counted it.
        String put = "grpc_method=\"Put\",grpc_service=\"etcdserverpb.KV\",grpc_type=\"unary\"} ";
        String unknown = "grpc_method=\"unknown\",grpc_service=\"unknown\",grpc_type=\"unknown\"} ";
        List<String> expected = List.of(
                "grpc_server_started_total{" + put + "2",
                "grpc_server_msg_received_total{" + put + "2",
                "grpc_server_msg_sent_total{" + put + "1",
                "grpc_server_handled_total{grpc_code=\"OK\"," + put + "1",
                "grpc_server_handled_total{grpc_code=\"InvalidArgument\"," + put + "1",
                "grpc_server_handling_seconds_count{" + put + "2",
                "grpc_server_handled_total{grpc_code=\"Unimplemented\"," + unknown + "3");
        List<String> lines = List.of();
        for (int attempt = 0; attempt < 100 && !lines.containsAll(expected); attempt++) {
            Thread.sleep(20);
            StringBuilder text = new StringBuilder();
            node.listener.calls().appendTo(text);
            lines = text.toString().lines().toList();
        }
        for (String line : expected) {
            assertTrue(lines.contains(line), () -> "no " + line);
        }
        assertTrue(lines.contains("# TYPE grpc_server_handling_seconds histogram"));
    }

    @Test
    void shouldCountTheBytesOfMessages() {
        PutRequest request = putOf(1_000);
        PutResponse response = kv.put(request);
        StringBuilder text = new StringBuilder();
        node.listener.calls().appendTo(text);
        String received = "\netcd_network_client_grpc_received_bytes_total " + request.getSerializedSize() + "\n";
        String sent = "\netcd_network_client_grpc_sent_bytes_total " + response.getSerializedSize() + "\n";
        assertTrue(text.indexOf(received) > 0 && text.indexOf(sent) > 0, text::toString);
    }

    @Test
    void shouldEndACallWhoseDeadlinePassedAndGoOn() {
        node.kv.pendingPut = new CompletableFuture<>();
        StatusRuntimeException late = assertThrows(StatusRuntimeException.class, () -> kv.withDeadlineAfter(
                        100, TimeUnit.MILLISECONDS)
                .put(PutRequest.newBuilder().setKey(KEY).build()));
        assertEquals(Status.Code.DEADLINE_EXCEEDED, late.getStatus().getCode());

        node.kv.pendingPut.complete(PutResponse.getDefaultInstance());
        node.kv.pendingPut = null;
        assertEquals(FakeKv.HEADER, put().getHeader());
    }

    @Test
    void shouldServeHealthAndReflection() throws Exception {
        assertEquals(
                ServingStatus.SERVING,
                HealthGrpc.newBlockingStub(node.channel)
                        .check(HealthCheckRequest.getDefaultInstance())
                        .getStatus());

        CompletableFuture<ServerReflectionResponse> listed = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> requests =
                ServerReflectionGrpc.newStub(node.channel).serverReflectionInfo(into(listed));
        requests.onNext(
                ServerReflectionRequest.newBuilder().setListServices("").build());
        List<String> services = listed.get(10, TimeUnit.SECONDS).getListServicesResponse().getServiceList().stream()
                .map(io.grpc.reflection.v1.ServiceResponse::getName)
                .toList();
        requests.onCompleted();
        assertTrue(services.contains("etcdserverpb.KV"), services.toString());
    }

    @Test
    void shouldFinishRunningCallsWhenClosed() throws Exception {
        node.kv.pendingPut = new CompletableFuture<>();
        CompletableFuture<PutResponse> answer = new CompletableFuture<>();
        KVGrpc.newStub(node.channel).put(PutRequest.newBuilder().setKey(KEY).build(), into(answer));
        while (node.kv.requests.isEmpty()) {
            Thread.sleep(5);
        }
        Thread closing = Thread.ofVirtual().start(node.listener::close);
        Thread.sleep(50);
        node.kv.pendingPut.complete(PutResponse.newBuilder().setHeader(FakeKv.HEADER).build());
        assertEquals(FakeKv.HEADER, answer.get(10, TimeUnit.SECONDS).getHeader());
        assertTrue(closing.join(java.time.Duration.ofSeconds(10)));
    }

    @Test
    void shouldSayWhichAddressIsTaken() {
        ClientServices services = new ClientServices(
                node.kv, node.maintenance, node.auth, node.membership, node.watch, () -> true, _ -> {}, null);
        ClientOptions taken = ClientOptions.of(node.address());
        ListenException refusal = assertThrows(
                ListenException.class, () -> ClientListener.start(Platform.system(), taken, services));
        assertTrue(
                refusal.getMessage().contains(Integer.toString(node.address().getPort())), refusal.getMessage());

        ClientOptions takenForMetrics = ClientOptions.of(TestNode.loopback(0)).withMetricsAddresses(List.of(node.address()));
        assertThrows(
                ListenException.class, () -> ClientListener.start(Platform.system(), takenForMetrics, services));
    }

    @Test
    void shouldLeaveNoThreadBehind() throws Exception {
        maintenance.status(StatusRequest.getDefaultInstance());
        node.close();
        // The last steps of a thread come after whoever waited for its work goes on.
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!ownThreads().isEmpty() && System.nanoTime() < deadlineNs) {
            Thread.sleep(5);
        }
        assertEquals(List.of(), ownThreads());
    }

    private static List<String> ownThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(Thread::getName)
                .filter(name -> name.startsWith("tenon-rpc") || name.startsWith("tenon-client"))
                .toList();
    }

    private PutResponse put() {
        return kv.put(PutRequest.newBuilder().setKey(KEY).build());
    }

    private static PutRequest putOf(int valueBytes) {
        return PutRequest.newBuilder()
                .setKey(KEY)
                .setValue(ByteString.copyFrom(new byte[valueBytes]))
                .build();
    }

    private static void assertRefused(EtcdError error, Runnable call) {
        StatusRuntimeException refusal = assertThrows(StatusRuntimeException.class, call::run);
        assertEquals(error.code(), refusal.getStatus().getCode());
        assertEquals(error.text(), refusal.getStatus().getDescription());
    }

    /// Sends bytes as they are.
    private static final class RawBytes implements MethodDescriptor.Marshaller<byte[]> {
        static final RawBytes MARSHALLER = new RawBytes();

        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            throw new AssertionError("nobody answers with raw bytes");
        }
    }

    private static <R> StreamObserver<R> into(CompletableFuture<R> future) {
        return new StreamObserver<>() {
            @Override
            public void onNext(R response) {
                future.complete(response);
            }

            @Override
            public void onError(Throwable failure) {
                future.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {}
        };
    }
}
