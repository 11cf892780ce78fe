package tenon.server.command.demo;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import tenon.server.command.ctl.Connection;
import tenon.server.rpc.KeyValue;
import tenon.server.rpc.RangeRequest;
import tenon.server.rpc.RangeResponse;

/// What clients were told about their writes, and the proof that a node still knows it.
///
/// A key is written by one client, one write after the other. So after any crash its version is the number of writes
/// that were acknowledged, or one more if the outcome of the last one is unknown; and the versions of all keys add up
/// to the revisions that the store has counted. A write that was lost, or applied twice, shows in one of the two.
final class WriteLedger {
    private static final int HISTORY_SAMPLE_MAX = 500;
    /// The revision of an empty store.
    private static final long FIRST_REVISION = 1;

    /// @param revision as acknowledged
    private record Write(String key, String value, long revision) {}

    /// What is known of a key. Invariant: at most one write is under way. Of its own client until that one has ended.
    private static final class Account {
        private final List<Write> acknowledged = new ArrayList<>();
        private String valueUnderWay;
    }

    /// @param writeCount that took effect since the ledger began
    /// @param unknownCount those of them that were under way at a crash, so that no client was told
    /// @param problems one line each, empty if all is as it must be
    record Proof(long writeCount, long unknownCount, long revision, List<String> problems) {
        boolean holds() {
            return problems.isEmpty();
        }
    }

    private final Map<String, Account> accounts = new ConcurrentHashMap<>();
    private long unknownCount;

    /// A client is about to write.
    void onAttempt(String key, String value) {
        accounts.computeIfAbsent(key, _ -> new Account()).valueUnderWay = value;
    }

    /// The node said that the write under way is done.
    void onAcknowledged(String key, long revision) {
        Account account = accounts.get(key);
        account.acknowledged.add(new Write(key, account.valueUnderWay, revision));
        account.valueUnderWay = null;
    }

    /// Compares a node's whole content with the ledger. No client may be writing. A write of unknown outcome that turns
    /// out to have taken effect counts as acknowledged from then on.
    Proof prove(Connection connection) {
        var problems = new ArrayList<String>();
        ByteString zero = ByteString.copyFrom(new byte[1]);
        RangeResponse all = connection
                .kv()
                .range(RangeRequest.newBuilder().setKey(zero).setRangeEnd(zero).build());
        var found = new HashMap<String, KeyValue>();
        all.getKvsList().forEach(pair -> found.put(pair.getKey().toStringUtf8(), pair));
        accounts.forEach((key, account) -> check(key, account, found.get(key), problems));
        for (String key : found.keySet()) {
            if (!accounts.containsKey(key)) {
                problems.add(key + " was never written");
            }
        }
        long revision = all.getHeader().getRevision();
        long versionSum = found.values().stream().mapToLong(KeyValue::getVersion).sum();
        if (versionSum != revision - FIRST_REVISION) {
            problems.add("the versions add up to " + versionSum + ", but revision " + revision + " has counted "
                    + (revision - FIRST_REVISION) + " writes");
        }
        List<Write> writes =
                accounts.values().stream().flatMap(account -> account.acknowledged.stream()).toList();
        checkRevisions(problems);
        checkHistory(writes, connection, problems);
        return new Proof(writes.size(), unknownCount, revision, problems);
    }

    private void check(String key, Account account, KeyValue found, List<String> problems) {
        long count = account.acknowledged.size();
        long version = found == null ? 0 : found.getVersion();
        String value = found == null ? null : found.getValue().toStringUtf8();
        if (account.valueUnderWay != null && version == count + 1 && account.valueUnderWay.equals(value)) {
            account.acknowledged.add(new Write(key, value, found.getModRevision()));
            unknownCount++;
        } else if (version != count) {
            problems.add(key + " was written " + count + " times, but its version is " + version);
        } else if (count > 0) {
            Write last = account.acknowledged.getLast();
            if (!last.value().equals(value) || last.revision() != found.getModRevision()) {
                problems.add(key + " should be \"" + last.value() + "\" of revision " + last.revision() + ", but is \""
                        + value + "\" of revision " + found.getModRevision());
            }
        }
        account.valueUnderWay = null;
    }

    /// No revision was given to two writes, and those of a key rise.
    private void checkRevisions(List<String> problems) {
        Set<Long> seen = new HashSet<>();
        for (Account account : accounts.values()) {
            long before = 0;
            for (Write write : account.acknowledged) {
                if (!seen.add(write.revision())) {
                    problems.add("revision " + write.revision() + " was acknowledged twice");
                }
                if (write.revision() <= before) {
                    problems.add(write.key() + ": revision " + write.revision() + " came after " + before);
                }
                before = write.revision();
            }
        }
    }

    /// Reads old versions at the revision that was acknowledged for them, spread over the whole history.
    private static void checkHistory(List<Write> writes, Connection connection, List<String> problems) {
        int stride = Math.max(1, writes.size() / HISTORY_SAMPLE_MAX);
        for (int i = 0; i < writes.size(); i += stride) {
            Write write = writes.get(i);
            RangeResponse then = connection.kv().range(RangeRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8(write.key()))
                    .setRevision(write.revision())
                    .build());
            boolean isThere = then.getKvsCount() == 1
                    && then.getKvs(0).getModRevision() == write.revision()
                    && then.getKvs(0).getValue().toStringUtf8().equals(write.value());
            if (!isThere) {
                problems.add(write.key() + " at revision " + write.revision() + " is not \"" + write.value() + "\"");
            }
        }
    }
}
