package tenon.server.auth;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategy;
import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import tenon.api.Secrets;
import tenon.server.error.EtcdError;

/// Passwords as bcrypt hashes, in the form that etcd keeps: `$2a$<cost>$<salt and hash>`. To hash or to check one takes
/// long, and twice as long with each step of cost: never on a thread that others wait for.
final class Passwords {
    private static final int SALT_BYTES = 16;
    /// More do not count.
    private static final LongPasswordStrategy TRUNCATED = LongPasswordStrategies.truncate(BCrypt.Version.VERSION_2A);

    private static final int PASSWORD_BYTES_MAX = 72;

    private final Secrets secrets;
    private final int cost;
    private final ByteString decoy;

    /// @param cost 4 to 31
    Passwords(Secrets secrets, int cost) {
        this.secrets = secrets;
        this.cost = cost;
        this.decoy = ByteString.copyFromUtf8(String.format("$2a$%02d$", cost) + ".".repeat(53));
    }

    /// @throws tenon.server.error.RequestException if the password is too long
    ByteString hash(String password) {
        byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > PASSWORD_BYTES_MAX) {
            throw EtcdError.PASSWORD_TOO_LONG.exception();
        }
        byte[] salt = new byte[SALT_BYTES];
        secrets.fill(salt);
        return ByteString.copyFrom(BCrypt.with(TRUNCATED).hash(cost, salt, bytes));
    }

    /// @param hash as [#hash] made it, or an empty one, which no password matches
    boolean matches(String password, ByteString hash) {
        return !hash.isEmpty()
                && BCrypt.verifyer(BCrypt.Version.VERSION_2A, TRUNCATED)
                        .verify(password.getBytes(StandardCharsets.UTF_8), hash.toByteArray())
                        .verified;
    }

    /// Takes as long as [#matches], so that nobody learns from that who is a user.
    void pretendToMatch(String password) {
        matches(password, decoy);
    }
}
