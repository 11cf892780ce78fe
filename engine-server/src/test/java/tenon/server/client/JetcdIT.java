package tenon.server.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Maintenance;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.maintenance.AlarmType;
import io.etcd.jetcd.maintenance.StatusResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.CompactOption;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.GetOption.SortOrder;
import io.etcd.jetcd.options.GetOption.SortTarget;
import io.etcd.jetcd.options.PutOption;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class JetcdIT {
    @TempDir
    private Path directory;

    private ServerUnderTest server;
    private Client client;
    private KV kv;

    @BeforeEach
    void start() {
        begin(ServerUnderTest.start(directory));
    }

    private void begin(ServerUnderTest started) {
        server = started;
        client = Client.builder().endpoints(server.uri()).build();
        kv = client.getKVClient();
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void shouldPutAndGet() throws Exception {
        assertEquals(2, get(kv.put(bytes("hello"), bytes("world"))).getHeader().getRevision());
        assertEquals(List.of("hello=world@2.2v1"), read("hello", GetOption.DEFAULT));
        var put = get(kv.put(
                bytes("hello"), bytes("again"), PutOption.builder().withPrevKV().build()));
        assertEquals("world", put.getPrevKv().getValue().toString());
        assertEquals(List.of("hello=again@2.3v2"), read("hello", GetOption.DEFAULT));
    }

    @Test
    void shouldReadRanges() throws Exception {
        for (String key : List.of("k/b", "k/a", "l", "k/c")) {
            get(kv.put(bytes(key), bytes("of " + key)));
        }
        GetOption prefix = GetOption.builder().isPrefix(true).build();
        assertEquals(List.of("k/a=of k/a@3.3v1", "k/b=of k/b@2.2v1", "k/c=of k/c@5.5v1"), read("k/", prefix));
        GetOption range = GetOption.builder().withRange(bytes("k/c")).build();
        assertEquals(List.of("k/a=of k/a@3.3v1", "k/b=of k/b@2.2v1"), read("k/a", range));

        GetOption limit = GetOption.builder().isPrefix(true).withLimit(2).build();
        GetResponse limited = get(kv.get(bytes("k/"), limit));
        assertEquals(2, limited.getKvs().size());
        assertEquals(3, limited.getCount());
        assertTrue(limited.isMore());

        GetOption byAge = GetOption.builder()
                .isPrefix(true)
                .withSortField(SortTarget.MOD)
                .withSortOrder(SortOrder.DESCEND)
                .withKeysOnly(true)
                .build();
        assertEquals(List.of("k/c=@5.5v1", "k/a=@3.3v1", "k/b=@2.2v1"), read("k/", byAge));

        GetOption count = GetOption.builder().isPrefix(true).withCountOnly(true).build();
        GetResponse counted = get(kv.get(bytes("k/"), count));
        assertEquals(0, counted.getKvs().size());
        assertEquals(3, counted.getCount());
    }

    @Test
    void shouldReadThePast() throws Exception {
        get(kv.put(bytes("k"), bytes("1")));
        get(kv.put(bytes("k"), bytes("2")));
        get(kv.delete(bytes("k")));
        assertEquals(List.of("k=1@2.2v1"), read("k", at(2)));
        assertEquals(List.of("k=2@2.3v2"), read("k", at(3)));
        assertEquals(List.of(), read("k", at(4)));
        assertEquals(List.of(), read("k", GetOption.DEFAULT));
        assertRefused("etcdserver: mvcc: required revision is a future revision", kv.get(bytes("k"), at(5)));
        GetOption young = GetOption.builder()
                .withRevision(3)
                .withSerializable(true)
                .withMinModRevision(4)
                .build();
        assertEquals(List.of(), read("k", young));
    }

    @Test
    void shouldDelete() throws Exception {
        for (String key : List.of("a", "b", "c")) {
            get(kv.put(bytes(key), bytes(key)));
        }
        DeleteOption range =
                DeleteOption.builder().withRange(bytes("c")).withPrevKV(true).build();
        var deleted = get(kv.delete(bytes("a"), range));
        assertEquals(2, deleted.getDeleted());
        assertEquals(
                List.of("a=a@2.2v1", "b=b@3.3v1"),
                deleted.getPrevKvs().stream().map(JetcdIT::text).toList());
        assertEquals(5, deleted.getHeader().getRevision());
        assertEquals(0, get(kv.delete(bytes("a"))).getDeleted());
        assertEquals(5, get(kv.delete(bytes("a"))).getHeader().getRevision());
    }

    @Test
    void shouldRunTransactions() throws Exception {
        get(kv.put(bytes("lock"), bytes("me")));
        Cmp mine = new Cmp(bytes("lock"), Cmp.Op.EQUAL, CmpTarget.value(bytes("me")));
        TxnResponse taken = get(kv.txn()
                .If(mine, new Cmp(bytes("lock"), Cmp.Op.LESS, CmpTarget.version(2)))
                .Then(
                        Op.put(bytes("lock"), bytes("you"), PutOption.DEFAULT),
                        Op.put(bytes("log"), bytes("1"), PutOption.DEFAULT),
                        Op.get(bytes("lock"), GetOption.DEFAULT))
                .Else(Op.delete(bytes("lock"), DeleteOption.DEFAULT))
                .commit());
        assertTrue(taken.isSucceeded());
        assertEquals(2, taken.getPutResponses().size());
        assertEquals(
                "lock=you@2.3v2",
                text(taken.getGetResponses().getFirst().getKvs().getFirst()));

        TxnResponse lost = get(kv.txn()
                .If(mine)
                .Then(Op.put(bytes("lock"), bytes("them"), PutOption.DEFAULT))
                .Else(
                        Op.delete(bytes("log"), DeleteOption.DEFAULT),
                        Op.txn(
                                new Cmp[] {new Cmp(bytes("none"), Cmp.Op.EQUAL, CmpTarget.createRevision(0))},
                                new Op[] {Op.put(bytes("none"), bytes("some"), PutOption.DEFAULT)},
                                new Op[] {}))
                .commit());
        assertFalse(lost.isSucceeded());
        assertEquals(1, lost.getDeleteResponses().getFirst().getDeleted());
        assertEquals(List.of("none=some@4.4v1"), read("none", GetOption.DEFAULT));
        assertEquals(4, lost.getHeader().getRevision());
    }

    @Test
    void shouldRefuseMalformedTransactions() throws Exception {
        Op put = Op.put(bytes("k"), bytes("v"), PutOption.DEFAULT);
        assertRefused(
                "etcdserver: duplicate key given in txn request",
                kv.txn().Then(put, put).commit());
        Op[] tooMany = new Op[129];
        Arrays.fill(tooMany, Op.get(bytes("k"), GetOption.DEFAULT));
        assertRefused(
                "etcdserver: too many operations in txn request",
                kv.txn().Then(tooMany).commit());
        assertEquals(List.of(), read("k", GetOption.DEFAULT));
    }

    @Test
    void shouldCompact() throws Exception {
        for (int i = 0; i < 10; i++) {
            get(kv.put(bytes("k"), bytes("" + i)));
        }
        get(kv.compact(8, CompactOption.builder().withCompactPhysical(true).build()));
        assertRefused("etcdserver: mvcc: required revision has been compacted", kv.get(bytes("k"), at(7)));
        assertEquals(List.of("k=6@2.8v7"), read("k", at(8)));
        assertRefused("etcdserver: mvcc: required revision has been compacted", kv.compact(8));
        assertRefused("etcdserver: mvcc: required revision is a future revision", kv.compact(12));
    }

    @Test
    void shouldServeManyAtOnce() throws Exception {
        List<CompletableFuture<?>> puts = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            puts.add(kv.put(bytes("k" + i % 100), bytes("" + i)));
        }
        for (CompletableFuture<?> put : puts) {
            get(put);
        }
        GetResponse all = get(kv.get(bytes("k"), GetOption.builder().isPrefix(true).build()));
        assertEquals(100, all.getCount());
        assertEquals(2_001, all.getHeader().getRevision());
        assertTrue(all.getKvs().stream().allMatch(entry -> entry.getVersion() == 20));
    }

    @Test
    void shouldServeOperators() throws Exception {
        get(kv.put(bytes("k"), bytes("v")));
        Maintenance maintenance = client.getMaintenanceClient();
        String endpoint = server.uri().toString();
        StatusResponse status = get(maintenance.statusMember(endpoint));
        assertEquals(status.getHeader().getMemberId(), status.getLeader());
        assertTrue(status.getDbSize() > 0 && status.getDbSizeInUse() <= status.getDbSize());
        assertTrue(status.getRaftIndex() >= status.getRaftAppliedIndex() && status.getRaftAppliedIndex() > 0);
        assertTrue(status.getRaftTerm() > 0 && !status.isLearner() && status.getErrorList().isEmpty());

        int hash = get(maintenance.hashKV(endpoint, 0)).getHash();
        get(kv.put(bytes("k"), bytes("w")));
        assertTrue(hash != get(maintenance.hashKV(endpoint, 0)).getHash());
        assertEquals(hash, get(maintenance.hashKV(endpoint, 2)).getHash());
        get(maintenance.defragmentMember(endpoint));
        assertEquals(hash, get(maintenance.hashKV(endpoint, 2)).getHash());
        assertEquals(List.of(), get(maintenance.listAlarms()).getAlarms());
        assertEquals(List.of("k=w@2.3v2"), read("k", GetOption.DEFAULT));

        ByteArrayOutputStream saved = new ByteArrayOutputStream();
        get(maintenance.snapshot(saved));
        byte[] file = saved.toByteArray();
        byte[] store = Arrays.copyOf(file, file.length - 32);
        assertArrayEquals(
                MessageDigest.getInstance("SHA-256").digest(store),
                Arrays.copyOfRange(file, store.length, file.length));
    }

    @Test
    void shouldRefuseWritesWhileTheAlarmStandsW3W4W5() throws Exception {
        stop();
        begin(ServerUnderTest.startWithQuota(directory.resolve("small"), 4 << 20));
        ByteSequence large = ByteSequence.from(new byte[200_000]);
        String full = "etcdserver: mvcc: database space exceeded";
        Throwable refusal = null;
        for (int i = 0; i < 60 && refusal == null; i++) {
            try {
                get(kv.put(bytes("large"), large));
            } catch (ExecutionException e) {
                refusal = e.getCause();
            }
        }
        assertTrue(refusal != null && refusal.getMessage().contains(full), String.valueOf(refusal));

        Maintenance maintenance = client.getMaintenanceClient();
        var alarms = get(maintenance.listAlarms()).getAlarms();
        assertEquals(AlarmType.NOSPACE, alarms.getFirst().getAlarmType());
        assertRefused(full, kv.put(bytes("small"), bytes("1")));
        assertRefused(
                full, kv.txn().Then(Op.put(bytes("small"), bytes("1"), PutOption.DEFAULT)).commit());
        long revision = get(kv.get(bytes("large"))).getHeader().getRevision();
        assertEquals(1, get(kv.delete(bytes("large"))).getDeleted());
        get(kv.compact(revision + 1, CompactOption.builder().withCompactPhysical(true).build()));
        get(maintenance.defragmentMember(server.uri().toString()));

        assertRefused(full, kv.put(bytes("small"), bytes("1")));
        get(maintenance.alarmDisarm(alarms.getFirst()));
        get(kv.put(bytes("small"), bytes("1")));
        assertEquals(List.of(), get(maintenance.listAlarms()).getAlarms());
    }

    private static GetOption at(long revision) {
        return GetOption.builder().withRevision(revision).build();
    }

    private List<String> read(String key, GetOption option) throws Exception {
        return get(kv.get(bytes(key), option)).getKvs().stream()
                .map(JetcdIT::text)
                .toList();
    }

    /// `key=value@createRevision.modRevision` and the version.
    private static String text(KeyValue entry) {
        return entry.getKey() + "=" + entry.getValue() + "@" + entry.getCreateRevision() + "."
                + entry.getModRevision() + "v" + entry.getVersion();
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    private static void assertRefused(String text, CompletableFuture<?> future) {
        ExecutionException refusal = assertThrows(ExecutionException.class, () -> get(future));
        assertEquals(text, Status.fromThrowable(refusal).getDescription());
    }
}
