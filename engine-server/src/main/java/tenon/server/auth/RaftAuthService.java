package tenon.server.auth;

import com.google.protobuf.ByteString;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tenon.api.Secrets;
import tenon.server.error.EtcdError;
import tenon.server.kv.LinearizableReads;
import tenon.server.kv.Proposer;
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
import tenon.server.rpc.ResponseHeader;
import tenon.server.rpc.User;

/// [AuthService] of a node: changes go through the log, questions are linearizable reads. No password gets into a
/// proposal, and none is hashed or checked where entries are applied.
public final class RaftAuthService implements AuthService {
    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private static final int TOKEN_LETTER_COUNT = 22;

    private final AccessControl access;
    private final Proposer proposer;
    private final LinearizableReads linearizable;
    private final Supplier<ResponseHeader> header;
    private final Secrets secrets;
    private final Passwords passwordHashes;

    /// @param header of an answer that is given now
    /// @param bcryptCost 4 to 31
    public RaftAuthService(
            AccessControl access,
            Proposer proposer,
            LinearizableReads linearizable,
            Supplier<ResponseHeader> header,
            Secrets secrets,
            int bcryptCost) {
        this.access = access;
        this.proposer = proposer;
        this.linearizable = linearizable;
        this.header = header;
        this.secrets = secrets;
        this.passwordHashes = new Passwords(secrets, bcryptCost);
    }

    @Override
    public CompletableFuture<Void> checkKnown() {
        return access.checkKnown(CallCredential.find());
    }

    @Override
    public CompletableFuture<Void> checkRoot() {
        return access.checkRoot(CallCredential.find());
    }

    @Override
    public CompletableFuture<Void> checkRead(ByteString key, ByteString rangeEnd) {
        return access.checkRead(CallCredential.find(), key, rangeEnd);
    }

    /// The password is checked before the login is proposed. If users or roles have changed by the time that it is
    /// applied, the password may have, too: all begins anew, and what the outdated check gave is given to nobody.
    @Override
    public CompletableFuture<AuthenticateResponse> authenticate(AuthenticateRequest request, Executor passwords) {
        return linearizable
                .ready()
                .thenApplyAsync(_ -> checkPassword(request), passwords)
                .thenCompose(checkedRevision -> login(request.getName()).thenCompose(response -> {
                    return checkedRevision == access.state().revision()
                            ? CompletableFuture.completedFuture(response)
                            : authenticate(request, passwords);
                }));
    }

    /// @return the revision of the users as of which the password is right
    private long checkPassword(AuthenticateRequest request) {
        AuthState state = access.state();
        if (!state.enabled()) {
            throw EtcdError.AUTH_NOT_ENABLED.exception();
        }
        User user = state.findUser(request.getName());
        if (user == null) {
            passwordHashes.pretendToMatch(request.getPassword());
            throw EtcdError.AUTH_FAILED.exception();
        }
        if (user.getOptions().getNoPassword()) {
            throw EtcdError.NO_PASSWORD_USER.exception();
        }
        if (!passwordHashes.matches(request.getPassword(), user.getPassword())) {
            throw EtcdError.AUTH_FAILED.exception();
        }
        return state.revision();
    }

    private CompletableFuture<AuthenticateResponse> login(String name) {
        byte[] letters = new byte[TOKEN_LETTER_COUNT];
        secrets.fill(letters);
        StringBuilder prefix = new StringBuilder();
        for (byte letter : letters) {
            prefix.append(LETTERS.charAt(letter & 63));
        }
        return proposer.proposeForNobody(proposal -> proposal.getAuthBuilder()
                        .getLoginBuilder()
                        .setName(name)
                        .setTokenPrefix(prefix.toString()))
                .thenApply(outcome -> (AuthenticateResponse) outcome.response());
    }

    @Override
    public CompletableFuture<AuthUserAddResponse> userAdd(AuthUserAddRequest request, Executor passwords) {
        AuthUserAddRequest.Builder hashed = request.toBuilder().clearPassword().clearHashedPassword();
        return changeHashed(
                () -> {
                    if (!request.getOptions().getNoPassword()) {
                        hashed.setHashedPassword(hash(request.getPassword()));
                    }
                },
                passwords,
                change -> change.setUserAdd(hashed),
                AuthUserAddResponse.class);
    }

    @Override
    public CompletableFuture<AuthUserChangePasswordResponse> userChangePassword(
            AuthUserChangePasswordRequest request, Executor passwords) {
        AuthUserChangePasswordRequest.Builder hashed = request.toBuilder().clearPassword();
        return changeHashed(
                () -> {
                    if (!request.getPassword().isEmpty()) {
                        hashed.setHashedPassword(hash(request.getPassword()));
                    }
                },
                passwords,
                change -> change.setUserChangePassword(hashed),
                AuthUserChangePasswordResponse.class);
    }

    /// Who is not permitted to change anything costs no hash.
    private <R> CompletableFuture<R> changeHashed(
            Runnable hash, Executor passwords, Consumer<AuthChange.Builder> request, Class<R> type) {
        Credential credential = CallCredential.find();
        return access.checkRoot(credential)
                .thenRunAsync(hash, passwords)
                .thenCompose(_ -> change(credential, request, type));
    }

    private String hash(String password) {
        return Base64.getEncoder().encodeToString(passwordHashes.hash(password).toByteArray());
    }

    @Override
    public <R> CompletableFuture<R> change(Consumer<AuthChange.Builder> request, Class<R> type) {
        return change(CallCredential.find(), request, type);
    }

    private <R> CompletableFuture<R> change(Credential credential, Consumer<AuthChange.Builder> request, Class<R> type) {
        return proposer.proposeFor(credential, proposal -> request.accept(proposal.getAuthBuilder()))
                .thenApply(outcome -> type.cast(outcome.response()));
    }

    /// Anyone may know it.
    @Override
    public CompletableFuture<AuthStatusResponse> status() {
        return read((state, _) -> AuthStatusResponse.newBuilder()
                .setHeader(header.get())
                .setEnabled(state.enabled())
                .setAuthRevision(state.revision())
                .build());
    }

    /// Every user may know its own roles.
    @Override
    public CompletableFuture<AuthUserGetResponse> userGet(AuthUserGetRequest request) {
        return read((state, caller) -> {
            checkRootUnless(request.getName().equals(caller.user()), state, caller);
            return AuthUserGetResponse.newBuilder()
                    .setHeader(header.get())
                    .addAllRoles(state.user(request.getName()).getRolesList())
                    .build();
        });
    }

    @Override
    public CompletableFuture<AuthUserListResponse> userList() {
        return read((state, caller) -> {
            state.checkRoot(caller);
            return AuthUserListResponse.newBuilder()
                    .setHeader(header.get())
                    .addAllUsers(state.userNames())
                    .build();
        });
    }

    /// Every user may know what its own roles permit.
    @Override
    public CompletableFuture<AuthRoleGetResponse> roleGet(AuthRoleGetRequest request) {
        return read((state, caller) -> {
            checkRootUnless(state.hasRole(caller.user(), request.getRole()), state, caller);
            return AuthRoleGetResponse.newBuilder()
                    .setHeader(header.get())
                    .addAllPerm(state.role(request.getRole()).getKeyPermissionList())
                    .build();
        });
    }

    @Override
    public CompletableFuture<AuthRoleListResponse> roleList() {
        return read((state, caller) -> {
            state.checkRoot(caller);
            return AuthRoleListResponse.newBuilder()
                    .setHeader(header.get())
                    .addAllRoles(state.roleNames())
                    .build();
        });
    }

    private static void checkRootUnless(boolean isOwn, AuthState state, Caller caller) {
        if (!isOwn) {
            state.checkRoot(caller);
        }
    }

    /// A linearizable look at users and roles. The check and the answer see the same state.
    private <R> CompletableFuture<R> read(BiFunction<AuthState, Caller, R> look) {
        Credential credential = CallCredential.find();
        return linearizable.ready().thenCompose(_ -> access.identify(credential)).thenApply(caller -> look.apply(
                access.state(), caller));
    }
}
