package tenon.server.cluster;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import tenon.api.Platform;
import tenon.server.ServerConfig;
import tenon.server.TenonServer;
import tenon.server.rpc.AuthGrpc;
import tenon.server.rpc.ClusterGrpc;
import tenon.server.rpc.HashKVRequest;
import tenon.server.rpc.HashKVResponse;
import tenon.server.rpc.KVGrpc;
import tenon.server.rpc.MaintenanceGrpc;
import tenon.server.rpc.PutRequest;
import tenon.server.rpc.PutResponse;
import tenon.server.rpc.RangeRequest;
import tenon.server.rpc.StatusRequest;
import tenon.server.rpc.StatusResponse;
import tenon.testkit.FreePorts;
import tenon.testkit.HangingDisk;

/// Members that are started and stopped one by one, and a client for each.
final class TestCluster implements AutoCloseable {
    /// Settings with which whoever is away for a moment needs a snapshot.
    static final UnaryOperator<ServerConfig.Builder> FORGETFUL =
            builder -> builder.snapshotCount(5).snapshotCatchUpEntries(0).backendBatchIntervalMs(5);

    private static final long SECONDS_MAX = 60;

    private final Path directory;
    private final UnaryOperator<ServerConfig.Builder> settings;
    private final Map<String, List<URI>> peerUrls = new LinkedHashMap<>();
    private final Map<String, HangingDisk> disks = new LinkedHashMap<>();
    private final Map<String, HangingDisk> storeDisks = new LinkedHashMap<>();
    private final Map<String, TenonServer> running = new LinkedHashMap<>();
    private final Map<String, ManagedChannel> channels = new LinkedHashMap<>();
    private final StoppableTicks ticks = new StoppableTicks(Platform.system().clock());

    private TestCluster(Path directory, UnaryOperator<ServerConfig.Builder> settings) {
        this.directory = directory;
        this.settings = settings;
    }

    /// Starts all founders.
    static TestCluster start(Path directory, UnaryOperator<ServerConfig.Builder> settings, String... names) {
        TestCluster cluster = prepare(directory, settings, names);
        for (String name : names) {
            cluster.start(name);
        }
        return cluster;
    }

    /// Has places for all founders, and starts none.
    static TestCluster prepare(Path directory, UnaryOperator<ServerConfig.Builder> settings, String... names) {
        TestCluster cluster = new TestCluster(directory, settings);
        for (String name : names) {
            cluster.peerUrls.put(name, List.of(freeUrl()));
        }
        return cluster;
    }

    URI peerUrl(String name) {
        return peerUrls.get(name).getFirst();
    }

    static URI freeUrl() {
        return URI.create("http://127.0.0.1:" + FreePorts.next());
    }

    /// A member that is not started yet.
    URI addUrl(String name) {
        URI url = freeUrl();
        peerUrls.put(name, List.of(url));
        return url;
    }

    TenonServer start(String name) {
        return start(name, builder -> builder);
    }

    TenonServer start(String name, UnaryOperator<ServerConfig.Builder> more) {
        ServerConfig.Builder builder = ServerConfig.builder(directory.resolve(name))
                .name(name)
                .clientPort(0)
                .peerUrls(peerUrls.get(name))
                .listenPeerUrls(peerUrls.get(name))
                .initialCluster(peerUrls)
                .heartbeatIntervalMs(20)
                .electionTimeoutMs(300)
                .walSegmentBytes(1 << 20);
        Platform system = Platform.system().withClock(ticks);
        Path member = directory.resolve(name).resolve("member");
        HangingDisk storeDisk = new HangingDisk(system.files(), member.resolve("snap"));
        HangingDisk disk = new HangingDisk(storeDisk.files(), member.resolve("wal"));
        TenonServer server =
                TenonServer.start(more.apply(settings.apply(builder)).build(), system.withFiles(disk.files()));
        disks.put(name, disk);
        storeDisks.put(name, storeDisk);
        running.put(name, server);
        return server;
    }

    void stop(String name) {
        ManagedChannel channel = channels.remove(name);
        if (channel != null) {
            channel.shutdownNow();
        }
        running.remove(name).close();
    }

    /// The clocks of all members at once.
    StoppableTicks ticks() {
        return ticks;
    }

    /// Stops all running members, then starts them again.
    void restartAll() {
        List<String> names = names();
        names.forEach(this::stop);
        names.forEach(this::start);
    }

    /// One follower is away while the others go on, and comes back. If they are forgetful, nobody has the entries for it.
    ///
    /// @return its name; what it lacked last was that `k19` is `v199`
    String bringBackAFollower() {
        String away = anyFollower();
        put(awaitLeader(), "before", "1");
        awaitEqual();
        stop(away);
        String leader = awaitLeader();
        for (int i = 0; i < 200; i++) {
            put(leader, "k" + i % 20, "v" + i);
        }
        start(away);
        awaitEqual();
        return away;
    }

    /// Whose syncs of the log may be made to hang.
    HangingDisk disk(String name) {
        return disks.get(name);
    }

    /// Whose syncs of the store may be made to hang.
    HangingDisk storeDisk(String name) {
        return storeDisks.get(name);
    }

    TenonServer server(String name) {
        return running.get(name);
    }

    List<String> names() {
        return List.copyOf(running.keySet());
    }

    ManagedChannel channel(String name) {
        return channels.computeIfAbsent(name, _ -> {
            URI uri = running.get(name).clientUri();
            return NettyChannelBuilder.forAddress(uri.getHost(), uri.getPort())
                    .usePlaintext()
                    .build();
        });
    }

    KVGrpc.KVBlockingStub kv(String name) {
        return KVGrpc.newBlockingStub(channel(name)).withDeadlineAfter(SECONDS_MAX, TimeUnit.SECONDS);
    }

    MaintenanceGrpc.MaintenanceBlockingStub maintenance(String name) {
        return MaintenanceGrpc.newBlockingStub(channel(name)).withDeadlineAfter(SECONDS_MAX, TimeUnit.SECONDS);
    }

    AuthGrpc.AuthBlockingStub auth(String name) {
        return AuthGrpc.newBlockingStub(channel(name)).withDeadlineAfter(SECONDS_MAX, TimeUnit.SECONDS);
    }

    ClusterGrpc.ClusterBlockingStub members(String name) {
        return ClusterGrpc.newBlockingStub(channel(name)).withDeadlineAfter(SECONDS_MAX, TimeUnit.SECONDS);
    }

    PutResponse put(String name, String key, String value) {
        PutRequest request = PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(ByteString.copyFromUtf8(value))
                .build();
        return patiently(() -> kv(name).put(request));
    }

    /// Null if there is no such key. Linearizable.
    String get(String name, String key) {
        RangeRequest request =
                RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build();
        return patiently(() -> kv(name).range(request)).getKvsList().stream()
                .map(found -> found.getValue().toStringUtf8())
                .findFirst()
                .orElse(null);
    }

    StatusResponse status(String name) {
        return patiently(() -> maintenance(name).status(StatusRequest.getDefaultInstance()));
    }

    long id(String name) {
        return status(name).getHeader().getMemberId();
    }

    /// The name of the running member that all running ones take for the leader.
    String awaitLeader() {
        return await("a leader", () -> {
            List<Long> leaders = running.keySet().stream().map(name -> status(name).getLeader()).distinct().toList();
            return leaders.size() != 1
                    ? null
                    : running.keySet().stream().filter(name -> id(name) == leaders.getFirst()).findFirst().orElse(null);
        });
    }

    String anyFollower() {
        String leader = awaitLeader();
        return running.keySet().stream().filter(name -> !name.equals(leader)).findFirst().orElseThrow();
    }

    /// Waits until all running members have the same key space, and returns its revision.
    long awaitEqual() {
        return await("equal key spaces", () -> {
            List<HashKVResponse> hashes = new ArrayList<>();
            for (String name : running.keySet()) {
                hashes.add(patiently(() -> maintenance(name).hashKV(HashKVRequest.getDefaultInstance())));
            }
            boolean equal = hashes.stream()
                            .map(hash -> List.of(hash.getHash(), hash.getHashRevision(), hash.getCompactRevision()))
                            .distinct()
                            .count()
                    == 1;
            return equal ? hashes.getFirst().getHashRevision() : null;
        });
    }

    /// Asks again while there is no leader, or a member starts anew, which cuts off calls that wait for it.
    static <T> T patiently(java.util.function.Supplier<T> call) {
        return await("an answer", () -> {
            try {
                return call.get();
            } catch (StatusRuntimeException e) {
                Status.Code code = e.getStatus().getCode();
                if (code != Status.Code.UNAVAILABLE && code != Status.Code.CANCELLED) {
                    throw e;
                }
                return null;
            }
        });
    }

    /// Asks for a change of the members again while it is refused: they may not be healthy yet, or the one that leads may
    /// not have applied the change before, of which another one has told.
    static <T> T change(java.util.function.Supplier<T> change) {
        return await("a change of the members", () -> {
            try {
                return change.get();
            } catch (StatusRuntimeException notYet) {
                return null;
            }
        });
    }

    /// Asks until there is an answer.
    static <T> T await(String what, java.util.function.Supplier<T> question) {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        while (true) {
            T answer = question.get();
            if (answer != null) {
                return answer;
            }
            if (System.nanoTime() - endNs > 0) {
                throw new AssertionError("no " + what + " within " + SECONDS_MAX + " s");
            }
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    <R> List<R> each(Function<String, R> question) {
        return running.keySet().stream().map(question).toList();
    }

    @Override
    public void close() {
        ticks.goOn();
        disks.values().forEach(HangingDisk::goOn);
        storeDisks.values().forEach(HangingDisk::goOn);
        channels.values().forEach(ManagedChannel::shutdownNow);
        List.copyOf(running.values()).forEach(TenonServer::close);
    }
}
