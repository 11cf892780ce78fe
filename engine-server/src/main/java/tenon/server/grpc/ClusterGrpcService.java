package tenon.server.grpc;

import com.google.protobuf.MessageLite;
import io.grpc.ServerServiceDefinition;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import tenon.server.auth.AuthService;
import tenon.server.membership.MembershipService;
import tenon.server.rpc.ClusterGrpc;
import tenon.server.rpc.MemberListRequest;
import tenon.server.rpc.MemberListResponse;

/// `etcdserverpb.Cluster`: who the members are, for known users, and changes of them, for those with the root role.
final class ClusterGrpcService {
    private ClusterGrpcService() {}

    static ServerServiceDefinition bind(MembershipService service, AuthService auth) {
        return new ServiceMethods(ClusterGrpc.getServiceDescriptor())
                .add(ClusterGrpc.getMemberAddMethod(), change(auth, service::add))
                .add(ClusterGrpc.getMemberRemoveMethod(), change(auth, service::remove))
                .add(ClusterGrpc.getMemberUpdateMethod(), change(auth, service::update))
                .add(
                        ClusterGrpc.getMemberListMethod(),
                        new UnaryMethod<MemberListRequest, MemberListResponse>(
                                request -> auth.checkKnown().thenCompose(_ -> service.list(request))))
                .add(ClusterGrpc.getMemberPromoteMethod(), change(auth, service::promote))
                .build();
    }

    private static <Q, R extends MessageLite> UnaryMethod<Q, R> change(
            AuthService auth, Function<Q, CompletableFuture<R>> body) {
        return new UnaryMethod<>(request -> auth.checkRoot().thenCompose(_ -> body.apply(request)));
    }
}
