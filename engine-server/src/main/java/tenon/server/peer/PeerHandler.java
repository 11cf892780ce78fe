package tenon.server.peer;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import tenon.api.Message;
import tenon.server.rpc.MemberListResponse;

/// What the node does with what its peers say. Called on event loops and other threads of [PeerNetwork], several at a
/// time: each method hands an event to its owner and returns soon.
public interface PeerHandler {
    /// A message for this node has come. It is well formed, and comes from the node that it says.
    void onMessage(Message message);

    /// Raft wants a snapshot to be sent to `wanted.to()`: answered by [PeerNetwork#sendSnapshot], or by an
    /// `onSnapshotSent` of Raft that tells the failure. Called by the thread that sends.
    void onSnapshotWanted(Message.InstallSnapshot wanted);

    /// A snapshot has come.
    ///
    /// @param message to be stepped; says what the file holds
    /// @param file holds the store, complete and durable. It is the handler's from now on, who
    ///     moves or deletes it; one that stays under this name is deleted by the next life of the network.
    void onSnapshot(Message.InstallSnapshot message, Path file);

    /// A snapshot has reached its node, durably, or that failed for good. Called once for each
    /// [PeerNetwork#sendSnapshot].
    void onSnapshotSent(long nodeId, boolean delivered);

    /// A member takes this node for the leader, and asks it to promote a learner.
    ///
    /// @return completes with all members; fails with [tenon.server.error.RequestException] if it is refused
    CompletableFuture<MemberListResponse> onPromotion(long memberId);

    /// Messages to this node got lost. Not told for every one.
    void onUnreachable(long nodeId);

    /// A member says that this node was removed from the cluster. May be told again.
    void onRemoved(long byNodeId);

    /// Whether the node was a member once and was removed. Ids are not used again, so that this is for ever.
    boolean isRemoved(long nodeId);

    /// For those who ask who we are. Null while that is not known yet.
    ClusterMembers clusterMembers();
}
