package tenon.bench.raft;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionReplyProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.server.ServerFactory;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.TimeDuration;
import tenon.bench.measure.StoreDirectory;

/// Apache Ratis has threads of its own: some for each node, and one in each leader for each follower. Its messages are
/// method calls on these; its log is the one in memory that comes with it.
final class RatisCluster implements Cluster {
    private static final Message PROPOSAL = Message.valueOf(ByteString.copyFrom(new byte[PROPOSAL_BYTES]));

    private final RaftGroupId groupId = RaftGroupId.randomId();
    private final ClientId client = ClientId.randomId();
    private final List<RaftServer> servers = new ArrayList<>();
    private final List<Counter> counters = new ArrayList<>();
    private final StoreDirectory directory;
    private final RaftServer leader;
    private long callId;

    RatisCluster() {
        try {
            directory = new StoreDirectory(Files.createTempDirectory("tenon-ratis"));
            List<RaftPeer> peers = new ArrayList<>();
            for (int node = 0; node < NODE_COUNT; node++) {
                peers.add(RaftPeer.newBuilder().setId("n" + node).build());
            }
            Calls calls = new Calls();
            for (RaftPeer peer : peers) {
                start(peer, RaftGroup.valueOf(groupId, peers), calls);
            }
            leader = awaitLeader();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void start(RaftPeer peer, RaftGroup group, Calls calls) throws IOException {
        Path storage = directory.path().resolve(peer.getId().toString());
        RaftProperties properties = new RaftProperties();
        RaftConfigKeys.Rpc.setType(properties, new MethodCalls());
        RaftServerConfigKeys.setStorageDir(properties, List.<File>of(storage.toFile()));
        RaftServerConfigKeys.Log.setUseMemory(properties, true);
        // By default a follower is sent something once a millisecond at most.
        RaftServerConfigKeys.Log.Appender.setWaitTimeMin(properties, TimeDuration.ZERO);
        // Answers are kept for clients that ask again; by default for a minute, which is more than fits into memory.
        RaftServerConfigKeys.RetryCache.setExpiryTime(properties, TimeDuration.valueOf(500, TimeUnit.MILLISECONDS));
        Parameters parameters = new Parameters();
        parameters.put(MethodCalls.CALLS, calls, Calls.class);
        Counter counter = new Counter();
        RaftServer server = RaftServer.newBuilder()
                .setServerId(peer.getId())
                .setGroup(group)
                .setProperties(properties)
                .setParameters(parameters)
                .setStateMachine(counter)
                .setOption(RaftStorage.StartupOption.FORMAT)
                .build();
        counters.add(counter);
        servers.add(server);
        calls.servers.put(peer.getId(), server);
        server.start();
    }

    private RaftServer awaitLeader() throws IOException {
        while (true) {
            for (RaftServer server : servers) {
                if (server.getDivision(groupId).getInfo().isLeaderReady()) {
                    return server;
                }
            }
            goOn();
        }
    }

    @Override
    public void commit(int count) {
        List<CompletableFuture<RaftClientReply>> replies = new ArrayList<>(count);
        try {
            for (int i = 0; i < count; i++) {
                replies.add(leader.submitClientRequestAsync(RaftClientRequest.newBuilder()
                        .setClientId(client)
                        .setServerId(leader.getId())
                        .setGroupId(groupId)
                        .setCallId(++callId)
                        .setMessage(PROPOSAL)
                        .setType(RaftClientRequest.writeRequestType())
                        .build()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (CompletableFuture<RaftClientReply> reply : replies) {
            if (!reply.join().isSuccess()) {
                throw new IllegalStateException("not committed: " + reply.join());
            }
        }
    }

    @Override
    public void goOn() {
        Thread.onSpinWait();
    }

    @Override
    public long applied(int node) {
        return counters.get(node).applied.get();
    }

    @Override
    public void close() {
        try {
            for (RaftServer server : servers) {
                server.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        directory.delete();
    }

    private static final class Counter extends BaseStateMachine {
        private final AtomicLong applied = new AtomicLong();

        @Override
        public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
            updateLastAppliedTermIndex(
                    transaction.getLogEntry().getTerm(), transaction.getLogEntry().getIndex());
            applied.incrementAndGet();
            return CompletableFuture.completedFuture(Message.EMPTY);
        }
    }

    /// Who is called by which name.
    private static final class Calls {
        private final Map<RaftPeerId, RaftServer> servers = new ConcurrentHashMap<>();

        RaftServer callee(RaftRpcRequestProto request) throws IOException {
            RaftServer server = servers.get(RaftPeerId.valueOf(request.getReplyId()));
            if (server == null) {
                throw new IOException("not started yet");
            }
            return server;
        }
    }

    /// Ratis makes one of these by its name.
    static final class MethodCalls implements RpcType {
        static final String CALLS = "tenon.bench.calls";

        @Override
        public String name() {
            return MethodCalls.class.getName();
        }

        @Override
        public ServerFactory newFactory(Parameters parameters) {
            Calls calls = parameters.getNonNull(CALLS, Calls.class);
            return new ServerFactory() {
                @Override
                public RpcType getRpcType() {
                    return MethodCalls.this;
                }

                @Override
                public RaftServerRpc newRaftServerRpc(RaftServer server) {
                    return new Transport(calls, MethodCalls.this);
                }
            };
        }
    }

    private record Transport(Calls calls, RpcType type) implements RaftServerRpc {
        @Override
        public RequestVoteReplyProto requestVote(RequestVoteRequestProto request) throws IOException {
            return calls.callee(request.getServerRequest()).requestVote(request);
        }

        @Override
        public AppendEntriesReplyProto appendEntries(AppendEntriesRequestProto request) throws IOException {
            return calls.callee(request.getServerRequest()).appendEntries(request);
        }

        @Override
        public InstallSnapshotReplyProto installSnapshot(InstallSnapshotRequestProto request) throws IOException {
            return calls.callee(request.getServerRequest()).installSnapshot(request);
        }

        @Override
        public StartLeaderElectionReplyProto startLeaderElection(StartLeaderElectionRequestProto request)
                throws IOException {
            return calls.callee(request.getServerRequest()).startLeaderElection(request);
        }

        @Override
        public RpcType getRpcType() {
            return type;
        }

        @Override
        public void start() {}

        @Override
        public InetSocketAddress getInetSocketAddress() {
            return null;
        }

        @Override
        public void addRaftPeers(Collection<RaftPeer> peers) {}

        @Override
        public void handleException(RaftPeerId serverId, Exception e, boolean reconnect) {}

        @Override
        public void close() {}
    }
}
