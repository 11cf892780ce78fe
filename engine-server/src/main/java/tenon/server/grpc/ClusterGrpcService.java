package tenon.server.grpc;

import io.grpc.ServerServiceDefinition;
import tenon.server.maintenance.MaintenanceService;
import tenon.server.rpc.ClusterGrpc;
import tenon.server.rpc.MemberListRequest;
import tenon.server.rpc.MemberListResponse;

/// `etcdserverpb.Cluster`: who the members are.
final class ClusterGrpcService {
    private ClusterGrpcService() {}

    static ServerServiceDefinition bind(MaintenanceService service) {
        return new ServiceMethods(ClusterGrpc.getServiceDescriptor())
                .add(
                        ClusterGrpc.getMemberListMethod(),
                        new UnaryMethod<MemberListRequest, MemberListResponse>(service::memberList))
                .build();
    }
}
