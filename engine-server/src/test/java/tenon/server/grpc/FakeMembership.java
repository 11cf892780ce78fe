package tenon.server.grpc;

import com.google.protobuf.Message;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import tenon.server.membership.MembershipService;
import tenon.server.rpc.Member;
import tenon.server.rpc.MemberAddRequest;
import tenon.server.rpc.MemberAddResponse;
import tenon.server.rpc.MemberListRequest;
import tenon.server.rpc.MemberListResponse;
import tenon.server.rpc.MemberPromoteRequest;
import tenon.server.rpc.MemberPromoteResponse;
import tenon.server.rpc.MemberRemoveRequest;
import tenon.server.rpc.MemberRemoveResponse;
import tenon.server.rpc.MemberUpdateRequest;
import tenon.server.rpc.MemberUpdateResponse;

/// Has one member, and remembers what it was asked for.
final class FakeMembership implements MembershipService {
    private static final Member ONE = Member.newBuilder().setID(8).setName("one").build();

    final Queue<Message> requests = new ConcurrentLinkedQueue<>();
    volatile boolean isLearner;

    @Override
    public CompletableFuture<MemberAddResponse> add(MemberAddRequest request) {
        requests.add(request);
        return CompletableFuture.completedFuture(MemberAddResponse.newBuilder()
                .setMember(Member.newBuilder().setID(9).addAllPeerURLs(request.getPeerURLsList()))
                .addMembers(ONE)
                .build());
    }

    @Override
    public CompletableFuture<MemberRemoveResponse> remove(MemberRemoveRequest request) {
        requests.add(request);
        return CompletableFuture.completedFuture(MemberRemoveResponse.newBuilder().addMembers(ONE).build());
    }

    @Override
    public CompletableFuture<MemberUpdateResponse> update(MemberUpdateRequest request) {
        requests.add(request);
        return CompletableFuture.completedFuture(MemberUpdateResponse.newBuilder().addMembers(ONE).build());
    }

    @Override
    public CompletableFuture<MemberPromoteResponse> promote(MemberPromoteRequest request) {
        requests.add(request);
        return CompletableFuture.completedFuture(MemberPromoteResponse.newBuilder().addMembers(ONE).build());
    }

    @Override
    public boolean isSelfLearner() {
        return isLearner;
    }

    @Override
    public CompletableFuture<MemberListResponse> list(MemberListRequest request) {
        return CompletableFuture.completedFuture(
                MemberListResponse.newBuilder().setHeader(FakeKv.HEADER).addMembers(ONE).build());
    }
}
