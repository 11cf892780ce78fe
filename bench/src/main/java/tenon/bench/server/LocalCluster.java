package tenon.bench.server;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tenon.bench.load.EtcdCalls;
import tenon.bench.measure.Effort;
import tenon.bench.measure.Memory;
import tenon.bench.measure.StoreDirectory;
import tenon.server.rpc.StatusResponse;

/// A cluster on this machine: real processes that talk over the loopback interface, with directories of their own on
/// one disk. Used by one thread.
public final class LocalCluster implements AutoCloseable {
    private static final long LEADER_LIMIT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long POLL_MS = 10;

    private final Server server;
    private final StoreDirectory home;
    private final List<String> flags;
    private final List<Member> members;
    private final List<NodeProcess> processes = new ArrayList<>();

    /// Who leads.
    ///
    /// @param index of the member
    public record Leadership(int index, long term) {}

    private LocalCluster(Server server, int memberCount, StoreDirectory home, List<String> flags) throws IOException {
        this.server = server;
        this.home = home;
        this.flags = List.copyOf(flags);
        this.members = Member.cluster(memberCount, home.path());
    }

    /// Starts a new cluster, and waits until each member answers linearizable reads.
    ///
    /// @param home what was there before is deleted
    /// @param flags besides those that make it a cluster
    public static LocalCluster found(Server server, int memberCount, StoreDirectory home, List<String> flags)
            throws IOException, InterruptedException {
        home.wipe();
        LocalCluster cluster = new LocalCluster(server, memberCount, home, flags);
        try {
            cluster.start();
            return cluster;
        } catch (IOException | InterruptedException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private void start() throws IOException, InterruptedException {
        processes.clear();
        for (Member member : members) {
            processes.add(startProcess(member));
        }
        for (NodeProcess process : processes) {
            process.awaitAnswer(EtcdCalls::countKeys);
        }
    }

    private NodeProcess startProcess(Member member) throws IOException {
        return NodeProcess.start(server, member, members, flags);
    }

    /// Stops all members as an operator does, starts them again, and waits until each answers linearizable reads.
    public void restart() throws IOException, InterruptedException {
        for (NodeProcess process : processes) {
            process.stop();
        }
        start();
    }

    /// Sends SIGKILL to a member; does not wait until it is gone.
    public void kill(int index) {
        processes.get(index).close();
    }

    /// Starts a killed member again, and waits until it answers linearizable reads: until it has caught up.
    public void revive(int index) throws IOException, InterruptedException {
        processes.get(index).kill();
        processes.set(index, startProcess(members.get(index)));
        processes.get(index).awaitAnswer(EtcdCalls::countKeys);
    }

    /// Waits until all members agree on one of them.
    public Leadership leadership() throws IOException, InterruptedException {
        long startNs = System.nanoTime();
        while (System.nanoTime() - startNs < LEADER_LIMIT_NS) {
            Leadership found = findLeadership();
            if (found != null) {
                return found;
            }
            Thread.sleep(POLL_MS);
        }
        throw new IOException("the members did not agree on a leader");
    }

    /// Null if they do not agree now.
    private Leadership findLeadership() {
        Leadership found = null;
        StatusResponse first = null;
        for (int i = 0; i < members.size(); i++) {
            try (EtcdCalls calls = new EtcdCalls(members.get(i).clientAddress())) {
                StatusResponse status = calls.status();
                first = first == null ? status : first;
                if (status.getLeader() != first.getLeader() || status.getRaftTerm() != first.getRaftTerm()) {
                    return null;
                }
                if (status.getHeader().getMemberId() == status.getLeader()) {
                    found = new Leadership(i, status.getRaftTerm());
                }
            } catch (StatusRuntimeException e) {
                return null;
            }
        }
        return found;
    }

    /// Where all members serve clients, one of them first.
    public List<InetSocketAddress> clientAddresses(int first) {
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) {
            addresses.add(members.get((first + i) % members.size()).clientAddress());
        }
        return addresses;
    }

    /// Of all members together.
    public Effort effort() {
        return Effort.of(processes.stream().map(NodeProcess::handle).toList());
    }

    /// Of all members together.
    public Memory memory() {
        return processes.stream()
                .map(process -> Memory.of(process.handle()))
                .reduce(new Memory(0, 0), Memory::plus);
    }

    /// Kills all members, and deletes their files.
    @Override
    public void close() {
        try {
            for (NodeProcess process : processes) {
                process.kill();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            processes.forEach(NodeProcess::close);
            home.delete();
        }
    }
}
