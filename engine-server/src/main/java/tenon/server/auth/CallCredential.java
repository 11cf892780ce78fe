package tenon.server.auth;

import io.grpc.Context;

/// The credential of the call that the current thread works for. It is known while a call's method runs, on the thread that
/// began with it, and has to be picked up there.
public final class CallCredential {
    private static final Context.Key<Credential> KEY = Context.key("tenon-credential");

    private CallCredential() {}

    /// Null if there is none.
    public static Credential find() {
        return KEY.get();
    }

    /// The current context with this credential.
    public static Context attached(Credential credential) {
        return Context.current().withValue(KEY, credential);
    }
}
