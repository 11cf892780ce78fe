package tenon.server.membership;

import java.lang.System.Logger.Level;
import java.net.URI;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import tenon.api.ConfChange;
import tenon.api.NodeIdentity;
import tenon.server.ServerConfig;
import tenon.server.membership.stored.MemberChange;
import tenon.server.rpc.Member;

/// From the configuration of a node, and what is on its disk, to its place in a cluster: it founds one, joins one, or
/// has one. What the configuration says of the initial cluster counts only until there is something on the disk.
public final class Bootstrap {
    private static final System.Logger LOG = System.getLogger(Bootstrap.class.getName());
    private static final List<URI> LISTEN_PEER_URLS_DEFAULT = List.of(URI.create("http://localhost:2380"));

    private Bootstrap() {}

    /// The place of a node whose disk holds no entries yet.
    ///
    /// @param logged whose log it is that has no entries: who joined and was not told anything yet. Null if there is no log
    /// @param query asks the others; blocks
    /// @throws BootstrapException if founding or joining is not possible so
    public static ClusterOrigin ofNewNode(ServerConfig config, NodeIdentity logged, ClusterQuery query) {
        InitialCluster cluster = InitialCluster.of(config.initialCluster());
        cluster.checkHas(config.name());
        return switch (config.initialClusterState()) {
            case NEW -> found(config, cluster, logged, query);
            case EXISTING -> join(config, cluster, logged, query);
        };
    }

    /// The place of a node that has one. Of configuration that differs from it the operator is told, and no more.
    ///
    /// @param recorded the members as of what is applied
    public static ClusterOrigin ofKnownNode(ServerConfig config, NodeIdentity identity, Members recorded) {
        Member self = recorded.find(identity.nodeId());
        if (self == null) {
            return new ClusterOrigin.Restarting(identity);
        }
        List<String> peerUrls = InitialCluster.sorted(config.peerUrls());
        if (!self.getPeerURLsList().isEmpty() && !self.getPeerURLsList().equals(peerUrls)) {
            LOG.log(
                    Level.WARNING,
                    "--initial-advertise-peer-urls={0} is ignored: the other members know this one under {1}, until they"
                            + " are told otherwise by an update of the member",
                    String.join(",", peerUrls),
                    String.join(",", self.getPeerURLsList()));
        }
        if (!self.getName().isEmpty() && !self.getName().equals(config.name())) {
            LOG.log(Level.WARNING, "the member {0} is called {1} from now on", self.getName(), config.name());
        }
        return new ClusterOrigin.Restarting(identity);
    }

    /// Where a member listens for others: where it is told to, or at etcd's place for that. One that is alone, and is not
    /// told to, does not.
    ///
    /// @param recorded the members as of what is applied
    /// @return empty if it does not listen
    public static List<URI> peerAddresses(ServerConfig config, ClusterOrigin origin, Members recorded) {
        if (!config.listenPeerUrls().isEmpty()) {
            return config.listenPeerUrls();
        }
        boolean isAlone = switch (origin) {
            case ClusterOrigin.Founding founding -> founding.changes().size() == 1;
            case ClusterOrigin.Joining _ -> false;
            case ClusterOrigin.Restarting _ -> recorded.all().size() <= 1;
        };
        return isAlone ? List.of() : LISTEN_PEER_URLS_DEFAULT;
    }

    /// The place of a founder whose store begins with the data of another cluster. All founders begin with the same, and
    /// none is asked.
    ///
    /// @throws BootstrapException if the configuration names no cluster that has this node
    public static ClusterOrigin.Founding ofRestored(ServerConfig config) {
        InitialCluster cluster = InitialCluster.of(config.initialCluster());
        cluster.checkHas(config.name());
        return founding(config, cluster);
    }

    private static ClusterOrigin found(
            ServerConfig config, InitialCluster cluster, NodeIdentity logged, ClusterQuery query) {
        ClusterOrigin.Founding founding = founding(config, cluster);
        if (founding.changes().size() > 1) {
            ClusterQuery.Answer answer = query.find(cluster.peerUrlsOfOthers(config.name()));
            if (answer != null) {
                checkNeverStarted(answer.members(), founding.identity().nodeId(), logged);
            }
        }
        return founding;
    }

    private static ClusterOrigin.Founding founding(ServerConfig config, InitialCluster cluster) {
        cluster.checkAdvertised(config.name(), InitialCluster.sorted(config.peerUrls()));
        cluster.checkDistinct();
        List<Member> founders = cluster.peerUrlsByName().entrySet().stream()
                .map(member -> founder(member, config.clusterToken()))
                .sorted(Comparator.comparing(Member::getID, Long::compareUnsigned))
                .toList();
        long clusterId = MemberIdentity.ofCluster(founders.stream().map(Member::getID).toList());
        long selfId = founders.stream()
                .filter(founder -> founder.getName().equals(config.name()))
                .findFirst()
                .orElseThrow()
                .getID();
        List<ConfChange> changes = founders.stream()
                .map(founder -> MemberChanges.encode(
                        MemberChange.newBuilder().setAdd(founder).build()))
                .toList();
        return new ClusterOrigin.Founding(new NodeIdentity(selfId, clusterId), changes);
    }

    private static Member founder(Map.Entry<String, List<String>> member, String clusterToken) {
        return Member.newBuilder()
                .setID(MemberIdentity.ofFounder(member.getValue(), clusterToken))
                .setName(member.getKey())
                .addAllPeerURLs(member.getValue())
                .build();
    }

    private static ClusterOrigin join(
            ServerConfig config, InitialCluster cluster, NodeIdentity logged, ClusterQuery query) {
        cluster.checkDistinct();
        ClusterQuery.Answer answer = query.find(cluster.peerUrlsOfOthers(config.name()));
        if (answer == null) {
            throw new BootstrapException("cannot fetch cluster info from peer urls: could not retrieve cluster"
                    + " information from the given URLs");
        }
        if (answer.members().isEmpty()) {
            throw new BootstrapException("cannot fetch cluster info from peer urls: failed to get raft cluster member(s)"
                    + " from the given URLs");
        }
        Member self = cluster.matchAll(answer.members()).get(config.name());
        checkNeverStarted(answer.members(), self.getID(), logged);
        return new ClusterOrigin.Joining(
                new NodeIdentity(self.getID(), answer.clusterId()), answer.members());
    }

    /// A member that served once has promised things that it does not know any more without its files: were it to go on
    /// under its id, entries could be lost that were acknowledged. One that has its log knows what it has promised, also
    /// if that was nothing yet: it may have told its name through others before it was sent the first entry.
    private static void checkNeverStarted(List<Member> members, long selfId, NodeIdentity logged) {
        if (logged != null && logged.nodeId() == selfId) {
            return;
        }
        for (Member member : members) {
            if (member.getID() == selfId && member.getClientURLsCount() > 0) {
                throw new BootstrapException("member " + Long.toHexString(selfId) + " has already been bootstrapped, but"
                        + " its data directory is empty: remove the member and add it anew");
            }
        }
    }
}
