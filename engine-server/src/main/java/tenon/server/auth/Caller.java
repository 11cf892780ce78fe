package tenon.server.auth;

/// Who asks, as of when.
///
/// @param user empty for nobody
/// @param authRevision of the users and roles when the caller was looked up, 0 for nobody
public record Caller(String user, long authRevision) {
    /// Nobody in particular: a client without a token, or the node itself.
    public static final Caller NOBODY = new Caller("", 0);
}
