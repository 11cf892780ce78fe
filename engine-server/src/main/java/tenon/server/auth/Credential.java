package tenon.server.auth;

/// By what a call tells whose it is.
public sealed interface Credential {
    /// What a user got for a password. It may be good or not.
    record Token(String text) implements Credential {}

    /// A certificate that was verified when the connection was made.
    ///
    /// @param user its common name, empty if it has none
    record Certificate(String user) implements Credential {}
}
