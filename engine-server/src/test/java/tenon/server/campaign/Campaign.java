package tenon.server.campaign;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// One campaign: a cluster of real processes, clients and watches, faults from a schedule; then peace, and the laws. It
/// is a program of its own, run in namespaces of its own (network, mounts, processes), which end with it.
public final class Campaign {
    private static final int CLIENT_COUNT = 8;
    private static final long CALL_TIMEOUT_MS = 3000;
    private static final long WATCHED_FROM = 2;
    private static final int ACKNOWLEDGED_MIN = 20;
    private static final long HEALTH_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(120);

    /// Numbers of the clients that ask for health, beside those of the workload.
    private static final int HEALTH_CLIENT = 100;

    private final CampaignOptions options;
    private final Journal journal = new Journal();
    private final CallLog log = new CallLog();
    private final Verdict verdict = new Verdict();
    private final Cluster cluster;
    private final List<MemberWatch> watches;
    private final Operator operator;

    private Campaign(CampaignOptions options) {
        this.options = options;
        this.cluster = new Cluster(options, options.directory(), journal);
        this.watches = cluster.members().stream()
                .map(member -> new MemberWatch(member, WATCHED_FROM, log, journal))
                .toList();
        this.operator = new Operator(cluster, watches, journal);
    }

    /// Exit code 0 if all laws hold, 1 if not, 2 if the campaign itself failed.
    public static void main(String[] args) {
        int exitCode = 2;
        try {
            exitCode = new Campaign(CampaignOptions.ofProperties()).run() ? 0 : 1;
        } catch (RuntimeException | Error e) {
            System.out.println("the campaign itself failed: " + e);
            e.printStackTrace(System.out);
        } finally {
            // Its threads wait for packets for ever.
            System.out.flush();
            Runtime.getRuntime().halt(exitCode);
        }
    }

    private boolean run() {
        Schedule schedule = options.schedule();
        journal.note("seed %d, %d members of %s with %s", options.seed(), options.memberCount(),
                String.join(" ", options.program()), String.join(" ", options.flags()));
        System.out.println(schedule);
        cluster.start();
        if (!answering().equals(cluster.members())) {
            throw new IllegalStateException("the cluster does not start; see " + options.directory());
        }
        watches.forEach(MemberWatch::begin);
        var injector = new Injector(cluster, operator, journal);
        List<Workload> workloads = new ArrayList<>();
        List<Thread> clients = new ArrayList<>();
        for (int number = 1; number <= CLIENT_COUNT; number++) {
            var client = new Client(number, cluster.members(), log, CALL_TIMEOUT_MS);
            var workload = new Workload(options.seed(), number, client, options.memberCount(), journal);
            workloads.add(workload);
            clients.add(Thread.ofPlatform().name("tenon-client-" + number).start(workload));
        }
        injector.run(schedule);
        operator.onCalm();
        injector.await();
        journal.note("no more faults");
        List<Member> answering = answering();
        workloads.forEach(Workload::end);
        clients.forEach(Campaign::join);
        judge(answering);
        System.out.println(tally(injector.tally()));
        System.out.print(verdict);
        journal.note(verdict.holds() ? "all laws hold" : "seed " + options.seed() + " broke " + verdict.laws());
        return verdict.holds();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Waits until each member answers a linearizable read, but not for ever.
    ///
    /// @return those that do
    private List<Member> answering() {
        long startNs = System.nanoTime();
        List<Member> answering = new ArrayList<>();
        try (var client = new Client(HEALTH_CLIENT, cluster.members(), log, CALL_TIMEOUT_MS)) {
            for (Member member : cluster.members()) {
                boolean answers = false;
                while (!answers && System.nanoTime() - startNs < HEALTH_TIMEOUT_NS) {
                    answers = client.call(member.number, new Request.Read("health", false, true, 0)).isDone();
                    Operator.pause();
                }
                if (answers) {
                    answering.add(member);
                }
            }
        }
        journal.note("%d members answer after %d ms", answering.size(), (System.nanoTime() - startNs) / 1_000_000);
        return answering;
    }

    private void judge(List<Member> answering) {
        for (Member member : cluster.members()) {
            if (!answering.contains(member)) {
                verdict.violated(Aftermath.HEALTH, member.name, "see " + member.log());
            }
        }
        List<MemberWatch> whole =
                watches.stream().filter(watch -> answering.contains(watch.member())).toList();
        var aftermath = new Aftermath(cluster, answering, whole, log, journal, verdict);
        if (!answering.isEmpty()) {
            judgeHistory(aftermath, whole);
        }
        aftermath.judgeEnds(options);
        if (!verdict.holds()) {
            cluster.members().forEach(this::keepData);
        }
    }

    private void keepData(Member member) {
        Path copy = options.directory().resolve(member.name);
        Tool.run("cp", "-a", "--sparse=always", member.volume.data().toString(), copy.toString());
    }

    private void judgeHistory(Aftermath aftermath, List<MemberWatch> watches) {
        long lastRevision = aftermath.settle();
        journal.note("settled at revision %d", lastRevision);
        Map<String, List<Version>> byMember = new TreeMap<>();
        List<OrderLaw.Sighting> sightings = new ArrayList<>();
        for (MemberWatch watch : watches) {
            byMember.put(watch.member().name, watch.events());
            sightings.addAll(watch.sightings());
        }
        WatchLaw.judge(byMember, WATCHED_FROM, lastRevision, verdict);
        List<Call> calls = log.all();
        var history = new KeySpaceHistory(byMember.values().iterator().next());
        Map<Call, Long> late = AnswerLaw.judge(history, calls, verdict);
        OrderLaw.judge(calls, late, sightings, verdict);
        RegisterLaw.judge(calls, verdict);
        aftermath.judgeReplicas(history, lastRevision);
        keepHistory(calls, history);
        long acknowledged = calls.stream().filter(Call::hasWritten).count();
        if (acknowledged < ACKNOWLEDGED_MIN) {
            verdict.violated("there is something to judge", acknowledged + " acknowledged writes");
        }
    }

    private void keepHistory(List<Call> calls, KeySpaceHistory history) {
        Path file = options.directory().resolve("history.txt");
        try {
            Files.write(file, calls.stream().map(Call::toString).toList());
            Files.write(
                    options.directory().resolve("events.txt"),
                    history.events().stream().map(Version::toString).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String tally(Map<String, int[]> faults) {
        var text = new StringBuilder("faults:");
        faults.forEach((kind, counts) -> text.append(' ')
                .append(kind)
                .append(' ')
                .append(counts[0])
                .append(counts[1] == 0 ? "" : " (and " + counts[1] + " that could not be)")
                .append(','));
        Map<String, Long> calls = log.all().stream()
                .collect(Collectors.groupingBy(
                        call -> call.request.getClass().getSimpleName() + " " + call.outcome(),
                        TreeMap::new,
                        Collectors.counting()));
        text.append("\ncalls: ").append(calls);
        text.append("\nstarts: ");
        text.append(cluster.members().stream().map(member -> member.name + " " + member.life()).toList());
        text.append("\nwatches resumed: ");
        text.append(watches.stream().map(watch -> watch.member().name + " " + watch.resumedCount()).toList());
        return text.append('\n').append(cluster.network).toString();
    }
}
