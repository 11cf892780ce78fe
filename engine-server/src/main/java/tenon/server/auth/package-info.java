/// # Users, roles, and who may do what
///
/// ## Nouns
/// - [tenon.server.auth.AuthStore]: users, roles and the switch, kept in the store's buckets ([AuthLayout]), changed by
///   log entries only. [tenon.server.auth.AuthState] is one moment of it, immutable; [UserChanges] and [RoleChanges] go
///   from one state to the next.
/// - [tenon.server.auth.SimpleTokens]: who logged in, in memory. A token is assigned by a log entry, so every member
///   knows it; how long it lives is each member's own matter and changes nothing that is kept.
/// - [tenon.server.auth.CallCredential]: the [tenon.server.auth.Credential] of the call that a thread works for: a token, or
///   else the certificate of its connection, if clients have to show one (`--client-cert-auth`).
///   [tenon.server.auth.AccessControl] makes a [tenon.server.auth.Caller] of it.
/// - [tenon.server.auth.RequestAccess]: which keys a request reads and writes. [UserPermissions] and [KeyIntervals]: which
///   ones a user may.
/// - [tenon.server.auth.AuthService] and [tenon.server.auth.RaftAuthService]: what clients call.
///
/// ## The way of a request
/// 1. The token is looked up where a request is proposed or read; one that is unknown or expired is refused there.
/// 2. A proposal carries the user's name and the revision of users and roles as of then. The layer `auth` of the appliers
///    checks it against the state that the entries before it made: what was permitted when it was proposed, and is not any
///    more, is not done, on no member. A request of an older revision is refused, whatever it asks for.
/// 3. A read is checked before, and its answer is thrown away if users or roles changed meanwhile.
/// 4. What an operator asks for needs a known user, or one with the role `root`, and is checked before it begins.
///
/// ## Passwords
/// Hashed and checked on threads of their own, before a proposal: what is applied is the same on each member, and the log
/// never holds one. A login whose password was checked as of a revision that is over by the time it is applied begins
/// anew, so that a change of the password cannot be overtaken.
///
/// ## Threads
/// The apply thread changes; all others read immutable states. Nothing here blocks but what takes an executor.
///
/// ## Not here
/// JWT tokens.
package tenon.server.auth;
