package tenon.server.node;

import com.google.protobuf.ByteString;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tenon.server.auth.CallCredential;
import tenon.server.auth.Credential;
import tenon.server.error.EtcdError;
import tenon.server.proposal.AuthChange;
import tenon.server.rpc.AuthUserAddRequest;
import tenon.server.rpc.AuthUserChangePasswordRequest;
import tenon.server.rpc.AuthenticateRequest;
import tenon.server.rpc.Permission;

/// Users of a node, and requests of theirs.
record Users(Node node) {
    static final String ROOT_PASSWORD = "root's";

    /// A node where authentication is on: user `root`, and `alice` with the password `a` and a role `reader` that permits
    /// nothing yet.
    static Users on(Node node) {
        Users users = new Users(node);
        users.add("root", ROOT_PASSWORD);
        users.add("alice", "a");
        users.change(null, change -> change.getRoleAddBuilder().setName("reader"));
        users.change(null, change -> change.getUserGrantRoleBuilder().setUser("alice").setRole("reader"));
        users.change(null, change -> change.getUserGrantRoleBuilder().setUser("root").setRole("root"));
        users.change(null, change -> change.getEnableBuilder());
        return users;
    }

    void add(String name, String password) {
        AuthUserAddRequest request =
                AuthUserAddRequest.newBuilder().setName(name).setPassword(password).build();
        TestNodes.await(node.auth().userAdd(request, Runnable::run));
    }

    /// @return a token
    String login(String name, String password) {
        return TestNodes.await(tryLogin(name, password));
    }

    CompletableFuture<String> tryLogin(String name, String password) {
        AuthenticateRequest request =
                AuthenticateRequest.newBuilder().setName(name).setPassword(password).build();
        return node.auth().authenticate(request, Runnable::run).thenApply(response -> response.getToken());
    }

    String root() {
        return login("root", ROOT_PASSWORD);
    }

    void change(String token, Consumer<AuthChange.Builder> change) {
        TestNodes.await(tryChange(token, change));
    }

    CompletableFuture<Object> tryChange(String token, Consumer<AuthChange.Builder> change) {
        return with(token, () -> node.auth().change(change, Object.class));
    }

    void changePassword(String token, String name, String password) {
        AuthUserChangePasswordRequest request = AuthUserChangePasswordRequest.newBuilder()
                .setName(name)
                .setPassword(password)
                .build();
        TestNodes.await(with(token, () -> node.auth().userChangePassword(request, Runnable::run)));
    }

    /// Lets the role `reader` do it.
    void grant(String token, Permission.Type type, String key, String rangeEnd) {
        change(token, change -> change.getRoleGrantPermissionBuilder()
                .setName("reader")
                .setPerm(Permission.newBuilder()
                        .setPermType(type)
                        .setKey(ByteString.copyFromUtf8(key))
                        .setRangeEnd(ByteString.copyFromUtf8(rangeEnd))));
    }

    /// A request by the one who has the token.
    ///
    /// @param token null for none
    static <T> CompletableFuture<T> with(String token, Supplier<CompletableFuture<T>> request) {
        if (token == null) {
            return request.get();
        }
        try {
            return CallCredential.attached(new Credential.Token(token)).call(request::get);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /// What a request is refused with, null if it is not.
    static EtcdError refusal(String token, Supplier<? extends CompletableFuture<?>> request) {
        return TestNodes.refusal(with(token, () -> request.get().thenApply(Object.class::cast)));
    }
}
