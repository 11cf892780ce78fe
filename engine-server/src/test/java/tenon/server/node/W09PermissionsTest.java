package tenon.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tenon.api.Platform;
import tenon.server.error.EtcdError;
import tenon.server.error.RequestException;
import tenon.server.proposal.AuthChange;
import tenon.server.rpc.DeleteRangeRequest;
import tenon.server.rpc.Permission;
import tenon.server.rpc.PutRequest;
import tenon.server.rpc.PutResponse;
import tenon.server.rpc.RangeRequest;
import tenon.server.rpc.RangeResponse;
import tenon.server.rpc.TxnRequest;
import tenon.testkit.SimulatedFileSystem;

/// W9, once it is known who asks: nobody reads or writes what no role of his permits.
class W09PermissionsTest {
    private static final String ALL = "\0";
    private static final int ROUND_COUNT = 100;

    private final SimulatedFileSystem files = new SimulatedFileSystem();
    private final ApplyGate gate = new ApplyGate();
    private final Node node = Node.start(
            TestNodes.config().bcryptCost(4).build(), Platform.system().withFiles(files), gate);
    private final Users users = Users.on(node);
    private final String root = users.root();
    private final String alice = users.login("alice", "a");

    @AfterEach
    void close() {
        node.close();
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    private EtcdError put(String key, boolean prevKv) {
        PutRequest request = TestNodes.put(key, "v").toBuilder().setPrevKv(prevKv).build();
        return Users.refusal(alice, () -> node.kv().put(request));
    }

    /// Linearizable and serializable, which must be alike.
    private EtcdError get(String key, String rangeEnd) {
        RangeRequest.Builder request =
                RangeRequest.newBuilder().setKey(bytes(key)).setRangeEnd(bytes(rangeEnd));
        EtcdError linearizable = Users.refusal(alice, () -> node.kv().range(request.build()));
        EtcdError serializable =
                Users.refusal(alice, () -> node.kv().range(request.setSerializable(true).build()));
        assertEquals(linearizable, serializable);
        return linearizable;
    }

    private EtcdError delete(String key, String rangeEnd, boolean prevKv) {
        DeleteRangeRequest request = DeleteRangeRequest.newBuilder()
                .setKey(bytes(key))
                .setRangeEnd(bytes(rangeEnd))
                .setPrevKv(prevKv)
                .build();
        return Users.refusal(alice, () -> node.kv().deleteRange(request));
    }

    private EtcdError txn(Consumer<TxnRequest.Builder> content) {
        TxnRequest.Builder request = TxnRequest.newBuilder();
        content.accept(request);
        return Users.refusal(alice, () -> node.kv().txn(request.build()));
    }

    /// The transaction in one that nests it once and one that nests it three times, in either outcome.
    private EtcdError nested(Consumer<TxnRequest.Builder> content) {
        EtcdError once = txn(outer -> content.accept(outer.addSuccessBuilder().getRequestTxnBuilder()));
        assertEquals(once, txn(outer -> content.accept(outer.addFailureBuilder().getRequestTxnBuilder())));
        assertEquals(once, txn(outer -> content.accept(outer.addFailureBuilder()
                .getRequestTxnBuilder()
                .addSuccessBuilder()
                .getRequestTxnBuilder()
                .addFailureBuilder()
                .getRequestTxnBuilder())));
        return once;
    }

    private void assertNothingAt(String key) {
        assertEquals(
                0,
                TestNodes.await(Users.with(root, () -> node.kv().range(TestNodes.get(key))))
                        .getCount());
    }

    @Test
    void shouldDenyEachKindOfRequestUnlessItIsPermitted() {
        users.grant(root, Permission.Type.READ, "r", "");
        users.grant(root, Permission.Type.WRITE, "w", "");
        users.grant(root, Permission.Type.READWRITE, "rw", "");
        assertNull(get("r", ""));
        assertNull(get("rw", ""));
        assertNull(put("w", false));
        assertNull(put("rw", true));
        assertNull(delete("w", "", false));
        assertNull(delete("rw", "", true));
        assertEquals(EtcdError.PERMISSION_DENIED, get("w", ""));
        assertEquals(EtcdError.PERMISSION_DENIED, get("other", ""));
        assertEquals(EtcdError.PERMISSION_DENIED, put("r", false));
        assertEquals(EtcdError.PERMISSION_DENIED, put("other", false));
        assertEquals(EtcdError.PERMISSION_DENIED, put("w", true), "the previous value is read");
        assertEquals(EtcdError.PERMISSION_DENIED, delete("r", "", false));
        assertEquals(EtcdError.PERMISSION_DENIED, delete("w", "", true), "the previous values are read");
        assertEquals(EtcdError.PERMISSION_DENIED, delete("rw", "rwx", false), "more than the one key");
        assertNothingAt("r");
        assertNothingAt("other");
    }

    @Test
    void shouldTakePrefixesAndOpenRangesForWhatTheyAre() {
        users.grant(root, Permission.Type.READ, "dir/", "dir0");
        users.grant(root, Permission.Type.WRITE, "x", ALL);
        assertNull(get("dir/", "dir0"));
        assertNull(get("dir/a", "dir/b"));
        assertNull(get("dir/\u00ff", ""));
        assertEquals(EtcdError.PERMISSION_DENIED, get("dir/", "dir1"));
        assertEquals(EtcdError.PERMISSION_DENIED, get("dir", "dir0"));
        assertEquals(EtcdError.PERMISSION_DENIED, get("dir/", ALL));
        assertEquals(EtcdError.PERMISSION_DENIED, get(ALL, ALL));
        assertEquals(EtcdError.PERMISSION_DENIED, get("dir0", ""));
        assertNull(put("x", false));
        assertNull(put("y", false));
        assertNull(delete("x", ALL, false));
        assertNull(delete("xa", "z", false));
        assertEquals(EtcdError.PERMISSION_DENIED, put("w", false));
        assertEquals(EtcdError.PERMISSION_DENIED, delete("w", ALL, false));
        users.grant(root, Permission.Type.READ, "dir0", "dir2");
        assertNull(get("dir/", "dir1"), "two permissions that meet permit the range across");
        users.grant(root, Permission.Type.READ, ALL, ALL);
        assertNull(get(ALL, ALL));
    }

    @Test
    void shouldCheckAllOfATransactionWhicheverWayItGoes() {
        users.grant(root, Permission.Type.READWRITE, "mine", "");
        assertNull(txn(txn -> {
            txn.addCompareBuilder().setKey(bytes("mine"));
            txn.addSuccessBuilder().getRequestRangeBuilder().setKey(bytes("mine"));
            txn.addFailureBuilder().getRequestPutBuilder().setKey(bytes("mine"));
            txn.addFailureBuilder().getRequestDeleteRangeBuilder().setKey(bytes("mine")).setPrevKv(true);
        }));
        assertEquals(EtcdError.PERMISSION_DENIED, txn(txn -> txn.addCompareBuilder().setKey(bytes("other"))));
        assertEquals(
                EtcdError.PERMISSION_DENIED,
                txn(txn -> txn.addCompareBuilder().setKey(bytes("mine")).setRangeEnd(bytes("other"))));
        assertEquals(
                EtcdError.PERMISSION_DENIED,
                txn(txn -> txn.addFailureBuilder().getRequestRangeBuilder().setKey(bytes("other"))));
        assertEquals(
                EtcdError.PERMISSION_DENIED,
                txn(txn -> txn.addSuccessBuilder().getRequestPutBuilder().setKey(bytes("other"))));
        assertEquals(
                EtcdError.PERMISSION_DENIED,
                txn(txn -> txn.addFailureBuilder().getRequestDeleteRangeBuilder().setKey(bytes("other"))));
        users.grant(root, Permission.Type.WRITE, "write", "");
        assertNull(txn(txn -> txn.addSuccessBuilder().getRequestPutBuilder().setKey(bytes("write"))));
        assertEquals(
                EtcdError.PERMISSION_DENIED,
                txn(txn -> txn.addSuccessBuilder().getRequestPutBuilder().setKey(bytes("write")).setPrevKv(true)));
        assertNothingAt("other");
    }

    /// What CVE-2026-33343 was in etcd: a transaction inside of another went unchecked.
    @Test
    void shouldCheckNestedTransactions() {
        users.grant(root, Permission.Type.READWRITE, "mine", "");
        assertNull(nested(txn -> txn.addSuccessBuilder().getRequestPutBuilder().setKey(bytes("mine"))));
        assertNull(nested(txn -> txn.addSuccessBuilder().getRequestRangeBuilder().setKey(bytes("mine"))));
        assertEquals(
                EtcdError.PERMISSION_DENIED,
                nested(txn -> txn.addSuccessBuilder().getRequestPutBuilder().setKey(bytes("other"))));
        assertEquals(
                EtcdError.PERMISSION_DENIED,
                nested(txn -> txn.addFailureBuilder().getRequestDeleteRangeBuilder().setKey(bytes("other"))));
        assertEquals(
                EtcdError.PERMISSION_DENIED,
                nested(txn -> txn.addSuccessBuilder().getRequestRangeBuilder().setKey(bytes("other"))));
        assertEquals(EtcdError.PERMISSION_DENIED, nested(txn -> txn.addCompareBuilder().setKey(bytes("other"))));
        assertNothingAt("other");
    }

    /// Users and roles change after the transaction was proposed and before it is applied.
    @Test
    void shouldRefuseAtApplyWhatWasProposedByAnOlderRevision() {
        users.grant(root, Permission.Type.READWRITE, "k", "");
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        txn.addSuccessBuilder().setRequestPut(TestNodes.put("k", "v"));
        gate.close();
        CompletableFuture<?> change;
        CompletableFuture<?> write;
        CompletableFuture<PutResponse> byRoot;
        try {
            change = users.tryChange(
                    root, revoke -> revoke.getRoleRevokePermissionBuilder().setRole("reader").setKey(bytes("k")));
            write = Users.with(alice, () -> node.kv().txn(txn.build()));
            byRoot = Users.with(root, () -> node.kv().put(TestNodes.put("k", "v")));
        } finally {
            gate.open();
        }
        TestNodes.await(change);
        assertEquals(EtcdError.AUTH_OLD_REVISION, TestNodes.refusal(write));
        assertEquals(EtcdError.AUTH_OLD_REVISION, TestNodes.refusal(byRoot));
        assertNothingAt("k");
        assertEquals(EtcdError.PERMISSION_DENIED, put("k", false));
    }

    /// While a writer takes the permission back, puts a secret, puts something harmless, and permits again, over and over.
    @Test
    void shouldNeverShowWhatWasPutWhileThePermissionWasTakenBack() {
        String key = "k";
        RangeRequest linearizable = TestNodes.get(key);
        RangeRequest serializable = linearizable.toBuilder().setSerializable(true).build();
        AtomicBoolean done = new AtomicBoolean();
        Thread writer = new Thread(() -> {
            try {
                for (int i = 0; i < ROUND_COUNT; i++) {
                    TestNodes.await(Users.with(root, () -> node.kv().put(TestNodes.put(key, "harmless"))));
                    users.grant(root, Permission.Type.READ, key, "");
                    users.change(root, change ->
                            change.getRoleRevokePermissionBuilder().setRole("reader").setKey(bytes(key)));
                    TestNodes.await(Users.with(root, () -> node.kv().put(TestNodes.put(key, "secret"))));
                }
            } finally {
                done.set(true);
            }
        });
        writer.start();
        int seenCount = 0;
        while (!done.get()) {
            for (RangeRequest request : List.of(linearizable, serializable)) {
                try {
                    RangeResponse found = TestNodes.await(Users.with(alice, () -> node.kv().range(request)));
                    found.getKvsList().forEach(kv -> assertEquals("harmless", kv.getValue().toStringUtf8()));
                    seenCount++;
                } catch (CompletionException e) {
                    EtcdError error = ((RequestException) e.getCause()).error();
                    assertTrue(error == EtcdError.PERMISSION_DENIED || error == EtcdError.AUTH_OLD_REVISION, () -> error + "");
                }
            }
        }
        assertTrue(seenCount > 0, "it was never permitted");
    }

    @Test
    void shouldLetRootDoEverythingAndOthersAdministerNothing() {
        assertNull(Users.refusal(root, () -> node.kv().put(TestNodes.put("k", "v"))));
        assertNull(Users.refusal(root, () -> node.auth().checkRoot()));
        assertEquals(EtcdError.PERMISSION_DENIED, Users.refusal(alice, () -> node.auth().checkRoot()));
        assertNull(Users.refusal(alice, () -> node.auth().checkKnown()));
        List<Consumer<AuthChange.Builder>> changes = List.of(
                change -> change.getDisableBuilder(),
                change -> change.getEnableBuilder(),
                change -> change.getUserDeleteBuilder().setName("root"),
                change -> change.getUserAddBuilder().setName("x"),
                change -> change.getUserGrantRoleBuilder().setUser("alice").setRole("root"),
                change -> change.getUserChangePasswordBuilder().setName("root"),
                change -> change.getRoleAddBuilder().setName("x"));
        for (Consumer<AuthChange.Builder> change : changes) {
            assertEquals(EtcdError.PERMISSION_DENIED, TestNodes.refusal(users.tryChange(alice, change)));
            assertEquals(EtcdError.USER_EMPTY, TestNodes.refusal(users.tryChange(null, change)));
        }
        users.change(root, change -> change.getUserGrantRoleBuilder().setUser("alice").setRole("root"));
        assertNull(put("anything", true), "whoever has the role root");
    }
}
