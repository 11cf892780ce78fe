package tenon.server.auth;

import io.grpc.Context;

/// The token of the call that the current thread works for. It is known while a call's method runs, on the thread that
/// began with it, and has to be picked up there.
public final class CallToken {
    private static final Context.Key<String> KEY = Context.key("tenon-token");

    private CallToken() {}

    /// Null if there is none.
    public static String find() {
        return KEY.get();
    }

    /// The current context with this token.
    public static Context attached(String token) {
        return Context.current().withValue(KEY, token);
    }
}
