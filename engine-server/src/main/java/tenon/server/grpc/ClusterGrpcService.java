package tenon.server.grpc;

import io.grpc.ServerServiceDefinition;
import tenon.server.auth.AuthService;
import tenon.server.maintenance.MaintenanceService;
import tenon.server.rpc.ClusterGrpc;
import tenon.server.rpc.MemberListRequest;
import tenon.server.rpc.MemberListResponse;

/// `etcdserverpb.Cluster`: who the members are.
final class ClusterGrpcService {
    private ClusterGrpcService() {}

    static ServerServiceDefinition bind(MaintenanceService service, AuthService auth) {
        return new ServiceMethods(ClusterGrpc.getServiceDescriptor())
                .add(
                        ClusterGrpc.getMemberListMethod(),
                        new UnaryMethod<MemberListRequest, MemberListResponse>(
                                request -> auth.checkKnown().thenCompose(_ -> service.memberList(request))))
                .build();
    }
}
