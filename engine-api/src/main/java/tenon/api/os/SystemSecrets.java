package tenon.api.os;

import java.security.SecureRandom;
import tenon.api.Secrets;

/// Unguessable bytes from the system.
public final class SystemSecrets {
    private SystemSecrets() {}

    public static Secrets create() {
        return new SecureRandom()::nextBytes;
    }
}
