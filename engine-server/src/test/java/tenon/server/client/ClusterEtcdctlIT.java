package tenon.server.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tenon.server.command.CommandRun;
import tenon.server.command.ExitCode;
import tenon.server.command.demo.ServerProgram;

/// A cluster of server processes, as its operators treat it with etcdctl.
@Timeout(300)
class ClusterEtcdctlIT {
    private static final long SECONDS_MAX = 60;
    private static final String REMOVED = "has been permanently removed from the cluster";

    @TempDir
    private Path directory;

    private final List<MemberProcess> members = new ArrayList<>();

    /// What `endpoint status` tells of one member.
    private record Status(long memberId, long leaderId, long term) {
        boolean leads() {
            return memberId == leaderId;
        }

        String hexId() {
            return Long.toHexString(memberId);
        }
    }

    @BeforeEach
    void checkInstalled() {
        assumeTrue(
                Etcdctl.isInstalled(),
                "SKIPPED: no etcdctl on this machine (bin/setup installs it: apt-get install etcd-client)");
    }

    @AfterEach
    void end() throws InterruptedException {
        for (MemberProcess member : members) {
            member.close();
        }
    }

    private void start(String... more) throws IOException, InterruptedException {
        ServerProgram.prepare(List.of(ServerProgram.launcher().toString(), "server"));
        for (String name : List.of("a", "b", "c")) {
            members.add(new MemberProcess(name, directory));
        }
        String founders = members.stream().map(MemberProcess::asFounder).collect(Collectors.joining(","));
        for (MemberProcess member : members) {
            member.start(founders, more);
        }
    }

    private static <T> T await(String what, Supplier<T> question) {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        while (System.nanoTime() - endNs < 0) {
            T answer = question.get();
            if (answer != null) {
                return answer;
            }
        }
        throw new AssertionError("no " + what + " within " + SECONDS_MAX + " s");
    }

    private static String ok(MemberProcess member, String... arguments) {
        Etcdctl.Result result = member.etcdctl(arguments);
        assertEquals(0, result.exitCode(), result.output());
        return result.output();
    }

    /// Asks again while the refusal is this one, which goes away by itself.
    private static String patiently(String refusal, MemberProcess member, String... arguments) {
        return await(String.join(" ", arguments), () -> {
            Etcdctl.Result result = member.etcdctl(arguments);
            if (result.exitCode() == 0) {
                return result.output();
            }
            assertTrue(result.output().contains(refusal), result.output());
            return null;
        });
    }

    /// Null if it does not answer.
    private static Status status(MemberProcess member) {
        Etcdctl.Result result = member.etcdctl("endpoint", "status", "-w", "json");
        String json = result.output();
        return json.contains("\"Status\"")
                ? new Status(number(json, "member_id"), number(json, "leader"), number(json, "raft_term"))
                : null;
    }

    /// What is zero is left out.
    private static long number(String json, String field) {
        Matcher found = Pattern.compile("\"" + field + "\":(\\d+)").matcher(json);
        return found.find() ? Long.parseUnsignedLong(found.group(1)) : 0;
    }

    /// The one whom all of these take for the leader.
    private static MemberProcess awaitLeader(List<MemberProcess> among) {
        return await("leader", () -> {
            MemberProcess leader = null;
            long leaderId = 0;
            for (MemberProcess member : among) {
                Status status = status(member);
                if (status == null || status.leaderId() == 0 || leaderId != 0 && status.leaderId() != leaderId) {
                    return null;
                }
                leaderId = status.leaderId();
                leader = status.leads() ? member : leader;
            }
            return leader;
        });
    }

    private List<MemberProcess> allBut(MemberProcess... excluded) {
        return members.stream().filter(member -> !List.of(excluded).contains(member)).toList();
    }

    private static void assertWritesAndReads(List<MemberProcess> through, String value) {
        for (MemberProcess writer : through) {
            assertEquals("OK\n", ok(writer, "put", "by " + writer.name, value));
            for (MemberProcess reader : through) {
                assertEquals("by " + writer.name + "\n" + value + "\n", ok(reader, "get", "by " + writer.name));
            }
        }
    }

    @Test
    void w01ShouldServeAndAnswerOfAllMembersThroughEach() throws Exception {
        start();
        awaitLeader(members);
        for (MemberProcess asked : members) {
            String healths = await("three that are healthy, as told by " + asked.name, () -> {
                Etcdctl.Result result = asked.etcdctl("endpoint", "health", "--cluster");
                return result.exitCode() == 0 && result.output().lines().count() == members.size()
                        ? result.output()
                        : null;
            });
            String statuses = ok(asked, "endpoint", "status", "--cluster");
            assertEquals(1, statuses.lines().filter(line -> line.split(", ")[4].equals("true")).count(), statuses);
            String list = ok(asked, "member", "list");
            assertEquals(members.size(), list.lines().count(), list);
            for (MemberProcess told : members) {
                assertTrue(
                        healths.contains(told.clientUrl + " is healthy: successfully committed proposal: took = "),
                        healths);
                String id = status(told).hexId();
                assertTrue(statuses.contains(told.clientUrl + ", " + id + ", 3."), statuses);
                String member = id + ", started, " + told.name + ", " + told.peerUrl + ", " + told.clientUrl + ", false\n";
                assertTrue(list.contains(member), list);
            }
        }
        assertWritesAndReads(members, "1");
    }

    @Test
    void shouldMoveTheLeaderAsItIsTold() throws Exception {
        start();
        MemberProcess first = awaitLeader(members);
        MemberProcess second = allBut(first).getFirst();
        String firstId = status(first).hexId();
        String secondId = status(second).hexId();
        String moved = "Leadership transferred from " + firstId + " to " + secondId + "\n";
        assertEquals(moved, ok(first, "move-leader", secondId));
        assertEquals(second, awaitLeader(members));

        String endpoints = members.stream().map(member -> member.clientUrl.toString()).collect(Collectors.joining(","));
        CommandRun back = CommandRun.of("ctl", "--endpoints=" + endpoints, "move-leader", firstId);
        assertEquals("Leadership transferred from " + secondId + " to " + firstId + "\n", back.out() + back.err());
        assertEquals(ExitCode.OK, back.exitCode());
        assertEquals(first, awaitLeader(members));
        assertWritesAndReads(members, "2");
    }

    @Test
    void shouldTakeInALearnerPromoteItAndLetVotersGo() throws Exception {
        start();
        MemberProcess leader = awaitLeader(members);
        MemberProcess joining = new MemberProcess("d", directory);
        String told = patiently("unhealthy cluster", leader, "member", "add", "d", "--learner", "--peer-urls=" + joining.peerUrl);
        Matcher cluster = Pattern.compile("ETCD_INITIAL_CLUSTER=\"(.*)\"").matcher(told);
        assertTrue(cluster.find(), told);
        members.add(joining);
        joining.start(cluster.group(1), "--initial-cluster-state=existing");
        String learnerId = await("learner", () -> ok(leader, "member", "list")
                .lines()
                .filter(line -> line.contains(", started, d, ") && line.endsWith(", true"))
                .map(line -> line.substring(0, line.indexOf(',')))
                .findFirst()
                .orElse(null));
        String promoted = patiently("in sync with leader", leader, "member", "promote", learnerId);
        assertTrue(promoted.matches("Member +" + learnerId + " promoted in cluster +[0-9a-f]+\n"), promoted);
        awaitLeader(members);
        patiently("not supported for learner", joining, "get", "x");
        assertWritesAndReads(members, "as voters");

        MemberProcess removed = allBut(leader, joining).getFirst();
        String removedId = status(removed).hexId();
        patiently("unhealthy cluster", leader, "member", "remove", removedId);
        assertEquals(ExitCode.OK, removed.awaitExit(), removed.output());
        assertTrue(removed.output().contains(REMOVED), removed.output());

        MemberProcess down = allBut(leader, joining, removed).getFirst();
        String downId = status(down).hexId();
        assertEquals(ExitCode.OK, down.stop());
        List<MemberProcess> remaining = allBut(removed, down);
        patiently("unhealthy cluster", awaitLeader(remaining), "member", "remove", downId);
        down.start(cluster.group(1));
        assertEquals(ExitCode.OK, down.awaitExit(), down.output());
        assertTrue(down.output().contains(REMOVED), down.output());
        assertWritesAndReads(remaining, "without those");
    }

    /// With an election timeout that is much longer than the end of a process takes.
    @Test
    void shouldHandOverBeforeItsLeaderEnds() throws Exception {
        start("--election-timeout=3000");
        MemberProcess leader = awaitLeader(members);
        assertWritesAndReads(members, "before");
        long term = status(leader).term();
        assertEquals(ExitCode.OK, leader.stop(), leader.output());
        // It has waited for another to lead: there is nothing to wait for any more.
        List<MemberProcess> others = allBut(leader);
        List<Status> statuses = others.stream().map(ClusterEtcdctlIT::status).toList();
        assertEquals(1, statuses.stream().filter(Status::leads).count(), statuses.toString());
        statuses.stream().filter(Status::leads).forEach(status -> assertEquals(term + 1, status.term()));
        assertWritesAndReads(others, "after");
    }
}
