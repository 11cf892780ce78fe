package tenon.server.campaign;

import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// The members, their network and their disks. A process that ends is started again.
final class Cluster {
    private static final long TEND_MS = 20;
    private static final long STATUS_TIMEOUT_MS = 500;
    private static final int LEADER_ATTEMPTS_MAX = 8;

    final PacketSwitch network = new PacketSwitch();
    private final List<Member> members = new ArrayList<>();
    private final Thread tender;
    private volatile boolean isOver;

    /// @param directory for the members' logs
    Cluster(CampaignOptions options, Path directory, Journal journal) {
        Path disks = directory.resolve("disks");
        Tool.run("mkdir", "-p", disks.toString());
        Tool.run("mount", "-t", "tmpfs", "tmpfs", disks.toString());
        String founders = IntStream.rangeClosed(1, options.memberCount())
                .mapToObj(number -> Member.nameOf(number) + "=" + Member.peerUrl(number))
                .collect(Collectors.joining(","));
        List<String> flags = new ArrayList<>(options.flags());
        flags.add("--initial-cluster=" + founders);
        for (int number = 1; number <= options.memberCount(); number++) {
            var host = new NetworkNamespace();
            network.addHost(number, host.file());
            String name = Member.nameOf(number);
            Path log = directory.resolve(name + ".log");
            members.add(new Member(number, host, new Volume(disks, name), log, options.program(), flags, journal));
        }
        tender = Thread.ofPlatform().name("tenon-tender").daemon().unstarted(this::tend);
    }

    void start() {
        tender.start();
    }

    private void tend() {
        try {
            while (!isOver) {
                members.forEach(Member::tend);
                Thread.sleep(TEND_MS);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    List<Member> members() {
        return members;
    }

    Member member(int number) {
        return members.get(number - 1);
    }

    /// Waits for a leader, but not for long.
    Optional<Member> findLeader() {
        for (int attempt = 0; attempt < LEADER_ATTEMPTS_MAX; attempt++) {
            Optional<Member> leader = findLeaderNow();
            if (leader.isPresent()) {
                return leader;
            }
            Operator.pause();
        }
        return Optional.empty();
    }

    /// Who says that it leads, in the highest term if there are several.
    private Optional<Member> findLeaderNow() {
        Member leader = null;
        long termOfLeader = -1;
        for (Member member : members) {
            try (var connection = new Connection(member)) {
                StatusResponse status =
                        connection.maintenance(STATUS_TIMEOUT_MS).status(StatusRequest.getDefaultInstance());
                boolean leads = status.getLeader() == status.getHeader().getMemberId();
                if (leads && status.getRaftTerm() > termOfLeader) {
                    leader = member;
                    termOfLeader = status.getRaftTerm();
                }
            } catch (StatusRuntimeException e) {
                // Who does not answer is no leader to look for.
                continue;
            }
        }
        return Optional.ofNullable(leader);
    }

    /// Nobody is started any more.
    void end() {
        isOver = true;
        try {
            tender.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
