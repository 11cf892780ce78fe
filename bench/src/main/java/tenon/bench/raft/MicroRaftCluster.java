package tenon.bench.raft;

import io.microraft.Ordered;
import io.microraft.RaftConfig;
import io.microraft.RaftEndpoint;
import io.microraft.RaftNode;
import io.microraft.executor.RaftNodeExecutor;
import io.microraft.executor.impl.DefaultRaftNodeExecutor;
import io.microraft.model.message.RaftMessage;
import io.microraft.statemachine.StateMachine;
import io.microraft.transport.Transport;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;

/// MicroRaft asks its user for an executor: either all three nodes get the same one, which is the caller's thread, or
/// each has the one that comes with it, which is a thread of its own.
final class MicroRaftCluster implements Cluster {
    private static final byte[] PROPOSAL = new byte[PROPOSAL_BYTES];
    private static final Object NEW_TERM = "new term";
    private static final int TASKS_BETWEEN_LOOKS_AT_CLOCK = 1024;

    private final List<RaftNode> nodes = new ArrayList<>();
    private final AtomicLongArray applied = new AtomicLongArray(NODE_COUNT);
    private final boolean hasThreads;
    // Only where it has no threads.
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>(Comparator.comparingLong(Timer::dueNs));
    private final RaftNode leader;
    private int tasksSinceLook;

    private record Endpoint(Integer id) implements RaftEndpoint {
        @Override
        public Object getId() {
            return id;
        }
    }

    private record Timer(long dueNs, Runnable task) {}

    private MicroRaftCluster(boolean hasThreads) {
        this.hasThreads = hasThreads;
        List<RaftEndpoint> members = List.of(new Endpoint(0), new Endpoint(1), new Endpoint(2));
        RaftConfig config = RaftConfig.newBuilder().setLeaderHeartbeatPeriodSecs(1).build();
        for (int node = 0; node < NODE_COUNT; node++) {
            nodes.add(RaftNode.newBuilder()
                    .setGroupId("bench")
                    .setLocalEndpoint(members.get(node))
                    .setInitialGroupMembers(members)
                    .setConfig(config)
                    .setExecutor(hasThreads ? new DefaultRaftNodeExecutor() : new CallersThread())
                    .setTransport(new Handover())
                    .setStateMachine(new Counter(node))
                    .build());
        }
        nodes.forEach(RaftNode::start);
        while (nodes.stream().anyMatch(node -> node.getTerm().getLeaderEndpoint() == null)) {
            goOn();
        }
        leader = nodes.get(members.indexOf(nodes.get(0).getTerm().getLeaderEndpoint()));
    }

    static MicroRaftCluster onCallersThread() {
        return new MicroRaftCluster(false);
    }

    static MicroRaftCluster onOwnThreads() {
        return new MicroRaftCluster(true);
    }

    @Override
    public void commit(int count) {
        CompletableFuture<Ordered<Object>> last = null;
        for (int i = 0; i < count; i++) {
            last = leader.replicate(PROPOSAL);
        }
        while (!hasThreads && !last.isDone()) {
            goOn();
        }
        last.join();
    }

    @Override
    public void goOn() {
        if (hasThreads) {
            Thread.onSpinWait();
            return;
        }
        Runnable task = tasks.poll();
        if (task != null) {
            task.run();
        }
        if (task == null || ++tasksSinceLook >= TASKS_BETWEEN_LOOKS_AT_CLOCK) {
            tasksSinceLook = 0;
            while (!timers.isEmpty() && timers.peek().dueNs() - System.nanoTime() <= 0) {
                tasks.add(timers.remove().task());
            }
        }
    }

    @Override
    public long applied(int node) {
        return applied.get(node);
    }

    @Override
    public void close() {
        if (hasThreads) {
            nodes.forEach(node -> node.terminate().join());
        }
    }

    private final class CallersThread implements RaftNodeExecutor {
        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        @Override
        public void submit(Runnable task) {
            tasks.add(task);
        }

        @Override
        public void schedule(Runnable task, long delay, TimeUnit unit) {
            timers.add(new Timer(System.nanoTime() + unit.toNanos(delay), task));
        }
    }

    private final class Handover implements Transport {
        @Override
        public void send(RaftEndpoint target, RaftMessage message) {
            nodes.get((Integer) target.getId()).handle(message);
        }

        @Override
        public boolean isReachable(RaftEndpoint endpoint) {
            return true;
        }
    }

    private final class Counter implements StateMachine {
        private final int node;

        Counter(int node) {
            this.node = node;
        }

        @Override
        public Object runOperation(long commitIndex, Object operation) {
            if (operation != NEW_TERM) {
                // Nobody else writes it.
                applied.setRelease(node, applied.getPlain(node) + 1);
            }
            return null;
        }

        @Override
        public void takeSnapshot(long commitIndex, Consumer<Object> snapshotChunkConsumer) {
            snapshotChunkConsumer.accept(applied.get(node));
        }

        @Override
        public void installSnapshot(long commitIndex, List<Object> snapshotChunks) {
            applied.set(node, (Long) snapshotChunks.getFirst());
        }

        @Override
        public Object getNewTermOperation() {
            return NEW_TERM;
        }
    }
}
