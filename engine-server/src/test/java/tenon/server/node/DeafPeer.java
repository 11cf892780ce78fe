package tenon.server.node;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import tenon.api.Message;
import tenon.server.peer.ClusterMembers;
import tenon.server.peer.PeerHandler;
import tenon.server.rpc.MemberListResponse;

/// A member that listens to nothing.
class DeafPeer implements PeerHandler {
    @Override
    public void onMessage(Message message) {}

    @Override
    public void onSnapshotWanted(Message.InstallSnapshot wanted) {}

    @Override
    public void onSnapshotSent(long nodeId, boolean delivered) {}

    @Override
    public void onSnapshot(Message.InstallSnapshot message, Path file) {}

    @Override
    public CompletableFuture<MemberListResponse> onPromotion(long memberId) {
        return new CompletableFuture<>();
    }

    @Override
    public void onUnreachable(long nodeId) {}

    @Override
    public void onRemoved(long byNodeId) {}

    @Override
    public boolean isRemoved(long nodeId) {
        return false;
    }

    @Override
    public ClusterMembers clusterMembers() {
        return null;
    }
}
