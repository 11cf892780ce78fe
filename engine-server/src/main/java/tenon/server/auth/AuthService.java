package tenon.server.auth;

import com.google.protobuf.ByteString;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
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

/// Serves those who log in, and those who administer users and roles. The caller is whom [CallCredential] names on the
/// calling thread. Never blocks the calling thread; a future fails with [tenon.server.error.RequestException].
public interface AuthService {
    /// Lets only known users pass, or all while authentication is off.
    CompletableFuture<Void> checkKnown();

    /// Lets only those with the root role pass, or all while authentication is off.
    CompletableFuture<Void> checkRoot();

    /// Lets only those pass who may read all of a range, or all while authentication is off.
    ///
    /// @param rangeEnd empty for one key, a zero byte for no end
    CompletableFuture<Void> checkRead(ByteString key, ByteString rangeEnd);

    /// @param passwords where passwords are checked, which takes long
    CompletableFuture<AuthenticateResponse> authenticate(AuthenticateRequest request, Executor passwords);

    /// @param passwords where passwords are hashed, which takes long
    CompletableFuture<AuthUserAddResponse> userAdd(AuthUserAddRequest request, Executor passwords);

    /// @param passwords where passwords are hashed, which takes long
    CompletableFuture<AuthUserChangePasswordResponse> userChangePassword(
            AuthUserChangePasswordRequest request, Executor passwords);

    /// Proposes a change that has no password in it.
    ///
    /// @param request fills in the change
    /// @param type of the answer
    <R> CompletableFuture<R> change(Consumer<AuthChange.Builder> request, Class<R> type);

    CompletableFuture<AuthStatusResponse> status();

    CompletableFuture<AuthUserGetResponse> userGet(AuthUserGetRequest request);

    CompletableFuture<AuthUserListResponse> userList();

    CompletableFuture<AuthRoleGetResponse> roleGet(AuthRoleGetRequest request);

    CompletableFuture<AuthRoleListResponse> roleList();
}
