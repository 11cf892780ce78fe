package tenon.server.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tenon.server.auth.AuthService;
import tenon.server.auth.CallCredential;
import tenon.server.auth.Credential;
import tenon.server.error.EtcdError;
import tenon.server.proposal.AuthChange;
import tenon.server.rpc.AuthRoleGetRequest;
import tenon.server.rpc.AuthRoleGetResponse;
import tenon.server.rpc.AuthRoleListResponse;
import tenon.server.rpc.AuthStatusResponse;
import tenon.server.rpc.AuthUserAddRequest;
import tenon.server.rpc.AuthUserAddResponse;
import tenon.server.rpc.AuthUserChangePasswordRequest;
import tenon.server.rpc.AuthUserChangePasswordResponse;
import tenon.server.rpc.AuthUserGetRequest;
import tenon.server.rpc.AuthUserGetResponse;
import tenon.server.rpc.AuthUserListResponse;
import tenon.server.rpc.AuthenticateRequest;
import tenon.server.rpc.AuthenticateResponse;

/// Knows two tokens, `root` and `user`, and remembers what it was asked for.
final class FakeAuth implements AuthService {
    final Queue<Message> requests = new ConcurrentLinkedQueue<>();
    /// Whether tokens are looked at.
    volatile boolean enabled;

    private static boolean isShown(String token) {
        return new Credential.Token(token).equals(CallCredential.find());
    }

    @Override
    public CompletableFuture<Void> checkKnown() {
        return !enabled || isShown("root") || isShown("user")
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.failedFuture(EtcdError.USER_EMPTY.exception());
    }

    @Override
    public CompletableFuture<Void> checkRoot() {
        return checkKnown().thenAccept(_ -> {
            if (enabled && !isShown("root")) {
                throw EtcdError.PERMISSION_DENIED.exception();
            }
        });
    }

    @Override
    public CompletableFuture<Void> checkRead(ByteString key, ByteString rangeEnd) {
        return checkKnown().thenAccept(_ -> {
            if (enabled && key.equals(ByteString.copyFromUtf8("secret")) && !isShown("root")) {
                throw EtcdError.PERMISSION_DENIED.exception();
            }
        });
    }

    @Override
    public CompletableFuture<AuthenticateResponse> authenticate(AuthenticateRequest request, Executor passwords) {
        return CompletableFuture.supplyAsync(
                () -> answer(request, AuthenticateResponse::getDefaultInstance), passwords);
    }

    @Override
    public CompletableFuture<AuthUserAddResponse> userAdd(AuthUserAddRequest request, Executor passwords) {
        return CompletableFuture.supplyAsync(() -> answer(request, AuthUserAddResponse::getDefaultInstance), passwords);
    }

    @Override
    public CompletableFuture<AuthUserChangePasswordResponse> userChangePassword(
            AuthUserChangePasswordRequest request, Executor passwords) {
        return CompletableFuture.supplyAsync(
                () -> answer(request, AuthUserChangePasswordResponse::getDefaultInstance), passwords);
    }

    @Override
    public <R> CompletableFuture<R> change(Consumer<AuthChange.Builder> request, Class<R> type) {
        AuthChange.Builder change = AuthChange.newBuilder();
        request.accept(change);
        requests.add(change.build());
        return CompletableFuture.failedFuture(EtcdError.INVALID_AUTH_MANAGEMENT.exception());
    }

    @Override
    public CompletableFuture<AuthStatusResponse> status() {
        return CompletableFuture.completedFuture(AuthStatusResponse.getDefaultInstance());
    }

    @Override
    public CompletableFuture<AuthUserGetResponse> userGet(AuthUserGetRequest request) {
        return CompletableFuture.completedFuture(answer(request, AuthUserGetResponse::getDefaultInstance));
    }

    @Override
    public CompletableFuture<AuthUserListResponse> userList() {
        return CompletableFuture.completedFuture(AuthUserListResponse.getDefaultInstance());
    }

    @Override
    public CompletableFuture<AuthRoleGetResponse> roleGet(AuthRoleGetRequest request) {
        return CompletableFuture.completedFuture(answer(request, AuthRoleGetResponse::getDefaultInstance));
    }

    @Override
    public CompletableFuture<AuthRoleListResponse> roleList() {
        return CompletableFuture.completedFuture(AuthRoleListResponse.getDefaultInstance());
    }

    private <R> R answer(Message request, Supplier<R> response) {
        requests.add(request);
        return response.get();
    }
}
