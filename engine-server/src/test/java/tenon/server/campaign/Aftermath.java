package tenon.server.campaign;

import io.etcd.jetcd.api.AlarmRequest;
import io.etcd.jetcd.api.HashKVRequest;
import io.etcd.jetcd.api.HashKVResponse;
import io.etcd.jetcd.api.MemberListRequest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// When the faults are over: the members come to rest and must be equal, and their files sound.
final class Aftermath {
    static final String HEALTH = "each member answers when the faults are over";
    static final String CAUGHT_UP = "each watch comes to the end";
    static final String COMPACTED = "a watch loses nothing to a compaction that spares it";
    static final String EQUAL = "all members hold the same";
    static final String MEMBERS = "the members are those that were asked for";
    static final String ALARMS = "no member raises an alarm";
    static final String CRASHES = "no process ends by itself without a reason";
    static final String CLEAN_END = "a process ends cleanly when it is asked to";
    static final String FILES = "the files of a member that ended cleanly are sound";

    private static final int CLIENT = 101;
    private static final long CALL_TIMEOUT_MS = 10_000;
    private static final long CATCH_UP_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);

    private final Cluster cluster;

    /// Those that answer: who does not is no part of what follows.
    private final List<Member> answering;

    private final List<MemberWatch> watches;
    private final CallLog log;
    private final Journal journal;
    private final Verdict verdict;

    Aftermath(
            Cluster cluster,
            List<Member> answering,
            List<MemberWatch> watches,
            CallLog log,
            Journal journal,
            Verdict verdict) {
        this.cluster = cluster;
        this.answering = answering;
        this.watches = watches;
        this.log = log;
        this.journal = journal;
        this.verdict = verdict;
    }

    /// Waits until what was under way has been applied and told everywhere.
    ///
    /// @return the last revision
    long settle() {
        long lastRevision;
        long next = putLast();
        do {
            lastRevision = next;
            awaitWatches(lastRevision);
            next = read(answering.getFirst()).revision();
        } while (next > lastRevision);
        for (MemberWatch watch : watches) {
            if (watch.nextRevision() <= lastRevision) {
                verdict.violated(CAUGHT_UP, watch.member().name, "next is " + watch.nextRevision() + " of " + lastRevision);
            }
            watch.complaints().forEach(complaint -> verdict.violated(COMPACTED, watch.member().name, complaint));
            watch.close();
        }
        return lastRevision;
    }

    private long putLast() {
        try (var client = new Client(CLIENT, cluster.members(), log, CALL_TIMEOUT_MS)) {
            while (true) {
                Call call = client.call(answering.getFirst().number, new Request.Put("end"));
                if (call.isDone()) {
                    return call.answer().revision();
                }
                Operator.pause();
            }
        }
    }

    private void awaitWatches(long revision) {
        long startNs = System.nanoTime();
        while (watches.stream().anyMatch(watch -> watch.nextRevision() <= revision)
                && System.nanoTime() - startNs < CATCH_UP_TIMEOUT_NS) {
            Operator.pause();
        }
    }

    private Answer read(Member member) {
        try (var client = new Client(CLIENT, cluster.members(), log, CALL_TIMEOUT_MS)) {
            Call call = client.call(member.number, new Request.Read("", true, true, 0));
            if (!call.isDone()) {
                throw new IllegalStateException("all is well, but " + call);
            }
            return call.answer();
        }
    }

    /// All members hold what the history says, and tell the same hash, members and alarms.
    void judgeReplicas(KeySpaceHistory history, long revision) {
        List<Version> expected = history.find(new Request.Read("", true, true, 0), revision);
        Map<String, String> hashes = new TreeMap<>();
        for (Member member : answering) {
            Answer found = read(member);
            if (!found.found().equals(expected)) {
                verdict.violated(EQUAL, member.name, "holds " + found, "history has " + expected);
            }
            try (var connection = new Connection(member)) {
                HashKVResponse hash = connection
                        .maintenance(CALL_TIMEOUT_MS)
                        .hashKV(HashKVRequest.newBuilder().setRevision(revision).build());
                hashes.put(
                        member.name,
                        String.format("%08x compacted at %d", hash.getHash(), hash.getCompactRevision()));
                judgeMembers(member, connection);
            }
        }
        journal.note("hashes at revision %d: %s", revision, hashes);
        if (hashes.values().stream().distinct().count() > 1) {
            verdict.violated(EQUAL, hashes);
        }
    }

    private void judgeMembers(Member member, Connection connection) {
        var told = connection
                .cluster(CALL_TIMEOUT_MS)
                .memberList(MemberListRequest.getDefaultInstance())
                .getMembersList()
                .stream()
                .map(each -> each.getName() + " " + each.getPeerURLsList())
                .collect(Collectors.toCollection(TreeSet::new));
        var expected = cluster.members().stream()
                .map(each -> each.name + " " + List.of(Member.peerUrl(each.number)))
                .collect(Collectors.toCollection(TreeSet::new));
        if (!told.equals(expected)) {
            verdict.violated(MEMBERS, member.name, "tells " + told);
        }
        var alarms = connection
                .maintenance(CALL_TIMEOUT_MS)
                .alarm(AlarmRequest.newBuilder().setAction(AlarmRequest.AlarmAction.GET).build())
                .getAlarmsList();
        if (!alarms.isEmpty()) {
            verdict.violated(ALARMS, member.name, alarms);
        }
    }

    /// No process ended without a reason; those that run end when they are asked to, and leave sound files.
    void judgeEnds(CampaignOptions options) {
        cluster.end();
        for (Member member : cluster.members()) {
            member.crashes().forEach(crash -> verdict.violated(CRASHES, crash));
            int exitCode = member.stop();
            if (!options.isTenon() || !answering.contains(member)) {
                continue;
            }
            if (exitCode != 0) {
                verdict.violated(CLEAN_END, member.name, "exit code " + exitCode, "see " + member.log());
            }
            String launcher = options.program().getFirst();
            judgeFiles(member, launcher, "db", "check", member.volume.data().resolve("member/snap/db").toString());
            judgeFiles(member, launcher, "wal", "verify", member.volume.data().resolve("member/wal").toString());
        }
    }

    private void judgeFiles(Member member, String... words) {
        try {
            Tool.run(words);
        } catch (IllegalStateException e) {
            verdict.violated(FILES, member.name, e.getMessage());
        }
    }
}
