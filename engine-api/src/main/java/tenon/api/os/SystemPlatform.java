package tenon.api.os;

import java.security.SecureRandom;
import tenon.api.Platform;

/// Puts the real world together.
public final class SystemPlatform {
    private SystemPlatform() {}

    public static Platform create() {
        return new Platform(
                new OsFileSystem(), new SystemClock(), new SystemThreads(), new SecureRandom().nextLong());
    }
}
