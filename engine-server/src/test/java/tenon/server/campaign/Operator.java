package tenon.server.campaign;

import com.google.protobuf.UnknownFieldSet;
import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.DefragmentRequest;
import io.etcd.jetcd.api.MemberAddRequest;
import io.etcd.jetcd.api.MemberListRequest;
import io.etcd.jetcd.api.MemberRemoveRequest;
import io.etcd.jetcd.api.MoveLeaderRequest;
import io.etcd.jetcd.api.StatusRequest;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Who looks after the cluster, and asks for what only an operator asks for.
final class Operator {
    private static final long CALL_TIMEOUT_MS = 5000;
    private static final long DEFRAGMENT_TIMEOUT_MS = 20_000;
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(120);
    private static final long RETRY_MS = 200;

    /// Asks for the members as they are, not as a member that has just joined knows them. jetcd does not know the field.
    private static final MemberListRequest LINEARIZABLE_LIST = MemberListRequest.newBuilder()
            .setUnknownFields(UnknownFieldSet.newBuilder()
                    .addField(1, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                    .build())
            .build();

    private final Cluster cluster;
    private final Journal journal;
    private final List<MemberWatch> watches;

    /// One member is replaced at a time.
    private final Object replacement = new Object();

    /// Who was to join last, or null. Under the above.
    private Member newcomer;

    private long compactedRevision;

    /// 0 as long as there are faults.
    private volatile long calmSinceNs;

    Operator(Cluster cluster, List<MemberWatch> watches, Journal journal) {
        this.cluster = cluster;
        this.watches = watches;
        this.journal = journal;
    }

    /// @return whether the member did it
    private boolean ask(Member member, String what, Consumer<Connection> call) {
        try (var connection = new Connection(member)) {
            call.accept(connection);
            journal.note("%s by %s: done", what, member.name);
            return true;
        } catch (StatusRuntimeException e) {
            journal.note("%s by %s: %s", what, member.name, describe(e));
            return false;
        }
    }

    private static String describe(StatusRuntimeException failure) {
        return failure.getStatus().getCode() + " " + failure.getStatus().getDescription();
    }

    /// Forgets the past, but not what a watch has not seen.
    synchronized boolean compact(Member member, int revisionsKept, boolean isPhysical) {
        long seen = watches.stream().mapToLong(MemberWatch::nextRevision).min().orElseThrow() - 1;
        long revision = seen - revisionsKept;
        if (revision <= compactedRevision) {
            return false;
        }
        compactedRevision = revision;
        var request = CompactionRequest.newBuilder().setRevision(revision).setPhysical(isPhysical).build();
        return ask(member, "compaction at " + revision, connection -> connection.kv(CALL_TIMEOUT_MS).compact(request));
    }

    boolean defragment(Member member) {
        return ask(member, "defragmentation", connection -> connection
                .maintenance(DEFRAGMENT_TIMEOUT_MS)
                .defragment(DefragmentRequest.getDefaultInstance()));
    }

    /// @param placesOn how many places behind the leader the one is that is to follow it
    boolean moveLeader(Member leader, int placesOn) {
        Member target = cluster.members().get((leader.number - 1 + placesOn) % cluster.members().size());
        return ask(leader, "moving the lead to " + target.name, connection -> {
            long targetId = idOf(target);
            connection
                    .maintenance(CALL_TIMEOUT_MS)
                    .moveLeader(MoveLeaderRequest.newBuilder().setTargetID(targetId).build());
        });
    }

    private static long idOf(Member member) {
        try (var connection = new Connection(member)) {
            return connection
                    .maintenance(CALL_TIMEOUT_MS)
                    .status(StatusRequest.getDefaultInstance())
                    .getHeader()
                    .getMemberId();
        }
    }

    /// Takes a member out, empties its disk, and lets a new one of the same name and address join. Not before the one
    /// before has joined: it was told a list of members that would be wrong then.
    ///
    /// @return whether it was taken out
    boolean replace(Member member) {
        synchronized (replacement) {
            if (newcomer != null && !hasJoined(newcomer)) {
                journal.note("%s has not joined yet, so %s stays", newcomer.name, member.name);
                return false;
            }
            long id;
            try {
                id = idOf(member);
            } catch (StatusRuntimeException e) {
                journal.note("%s does not tell its id, so it stays", member.name);
                return false;
            }
            var remove = MemberRemoveRequest.newBuilder().setID(id).build();
            insist(
                    member,
                    "removal of " + member.name,
                    connection -> connection.cluster(CALL_TIMEOUT_MS).memberRemove(remove),
                    members -> members.stream().noneMatch(each -> each.getID() == id));
            member.killAndHold();
            member.becomeNew();
            String peerUrl = Member.peerUrl(member.number);
            var add = MemberAddRequest.newBuilder().addPeerURLs(peerUrl).build();
            insist(
                    member,
                    "addition of " + member.name,
                    connection -> connection.cluster(CALL_TIMEOUT_MS).memberAdd(add),
                    members -> members.stream()
                            .anyMatch(each -> each.getID() != id && each.getPeerURLsList().contains(peerUrl)));
            // It ends if it finds nobody who tells it of the cluster.
            member.excuse(TimeUnit.NANOSECONDS.toMillis(PATIENCE_NS));
            newcomer = member;
            member.release();
            return true;
        }
    }

    private static boolean hasJoined(Member member) {
        try {
            idOf(member);
            return true;
        } catch (StatusRuntimeException e) {
            return false;
        }
    }

    /// The faults are over.
    void onCalm() {
        calmSinceNs = System.nanoTime();
    }

    /// While faults go on, a small cluster may have reason to refuse for as long as they do.
    private boolean isTooLong(long startNs) {
        long calmNs = calmSinceNs;
        return calmNs != 0 && System.nanoTime() - Math.max(startNs, calmNs) > PATIENCE_NS;
    }

    /// Asks the other members in turn until one has done it, or shows that it was done before: what timed out may happen
    /// later, and what is asked once more is then refused for any reason.
    ///
    /// @param isDone what the members are then
    private void insist(Member except, String what, Consumer<Connection> call, Predicate<List<io.etcd.jetcd.api.Member>> isDone) {
        long startNs = System.nanoTime();
        String said = "";
        for (int turn = except.number; !isTooLong(startNs); turn++) {
            except.excuse(CALL_TIMEOUT_MS);
            Member other = cluster.members().get(turn % cluster.members().size());
            if (other == except) {
                continue;
            }
            try (var connection = new Connection(other)) {
                call.accept(connection);
                journal.note("%s by %s: done", what, other.name);
                return;
            } catch (StatusRuntimeException e) {
                if (!said.equals(describe(e))) {
                    said = describe(e);
                    journal.note("%s by %s: %s", what, other.name, said);
                }
                if (shows(other, isDone)) {
                    journal.note("%s was done before", what);
                    return;
                }
            }
            pause();
        }
        throw new IllegalStateException("no " + what);
    }

    private static boolean shows(Member member, Predicate<List<io.etcd.jetcd.api.Member>> isDone) {
        try (var connection = new Connection(member)) {
            return isDone.test(connection
                    .cluster(CALL_TIMEOUT_MS)
                    .memberList(LINEARIZABLE_LIST)
                    .getMembersList());
        } catch (StatusRuntimeException e) {
            return false;
        }
    }

    static void pause() {
        try {
            Thread.sleep(RETRY_MS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
