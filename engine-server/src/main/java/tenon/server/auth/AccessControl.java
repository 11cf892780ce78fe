package tenon.server.auth;

import com.google.protobuf.ByteString;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongPredicate;
import tenon.server.apply.AppliedWaiters;
import tenon.server.error.EtcdError;
import tenon.server.kv.Deadlines;

/// From a call's credential to who asks, and whether that one may. Safe for use by any thread; never blocks. Futures fail
/// with [tenon.server.error.RequestException].
public final class AccessControl {
    private final AuthStore store;
    private final SimpleTokens tokens;
    private final Arrival arrival;

    /// How it is learned that the entry that assigned a token was applied here.
    ///
    /// @param isComing whether an entry with this index may still come to this member
    public record Arrival(AppliedWaiters applied, Deadlines deadlines, LongPredicate isComing) {}

    public AccessControl(AuthStore store, SimpleTokens tokens, Arrival arrival) {
        this.store = store;
        this.tokens = tokens;
        this.arrival = arrival;
    }

    /// Users and roles as of now.
    public AuthState state() {
        return store.state();
    }

    /// Looks up whose credential it is.
    ///
    /// @param credential null for none
    /// @return nobody while authentication is off, or without a credential; fails with [EtcdError#INVALID_AUTH_TOKEN]
    public CompletableFuture<Caller> identify(Credential credential) {
        AuthState state = state();
        if (!state.enabled()) {
            return CompletableFuture.completedFuture(Caller.NOBODY);
        }
        return switch (credential) {
            case null -> CompletableFuture.completedFuture(Caller.NOBODY);
            case Credential.Certificate(String user) -> CompletableFuture.completedFuture(
                    new Caller(user, state.revision()));
            case Credential.Token(String text) -> identify(text);
        };
    }

    /// A member that lags waits for the entry that assigned the token.
    private CompletableFuture<Caller> identify(String token) {
        long raftIndex = SimpleTokens.findRaftIndex(token);
        if (raftIndex < 0) {
            return invalid();
        }
        if (raftIndex <= arrival.applied.appliedIndex()) {
            Caller caller = find(token);
            return caller == null ? invalid() : CompletableFuture.completedFuture(caller);
        }
        if (!arrival.isComing.test(raftIndex)) {
            return invalid();
        }
        CompletableFuture<Void> reached = arrival.applied.reached(raftIndex);
        arrival.deadlines.add(reached);
        return reached.handle((_, failure) -> {
            Caller caller = failure == null ? find(token) : null;
            if (caller == null) {
                throw EtcdError.INVALID_AUTH_TOKEN.exception();
            }
            return caller;
        });
    }

    /// Lets only known users pass, or all while authentication is off.
    public CompletableFuture<Void> checkKnown(Credential credential) {
        return identify(credential).thenAccept(caller -> state().checkKnown(caller));
    }

    /// Lets only those with the root role pass, or all while authentication is off.
    public CompletableFuture<Void> checkRoot(Credential credential) {
        return identify(credential).thenAccept(caller -> state().checkRoot(caller));
    }

    /// Lets only those pass who may read all of a range, or all while authentication is off.
    ///
    /// @param rangeEnd empty for one key, a zero byte for no end
    public CompletableFuture<Void> checkRead(Credential credential, ByteString key, ByteString rangeEnd) {
        return identify(credential).thenAccept(caller -> state().checkRead(caller, key, rangeEnd));
    }

    /// The revision is read first: who is looked up by an old state is refused later as one of that state.
    private Caller find(String token) {
        long revision = state().revision();
        String user = tokens.findUser(token);
        return user == null ? null : new Caller(user, revision);
    }

    private static <T> CompletableFuture<T> invalid() {
        return CompletableFuture.failedFuture(EtcdError.INVALID_AUTH_TOKEN.exception());
    }
}
