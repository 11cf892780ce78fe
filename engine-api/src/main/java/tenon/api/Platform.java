package tenon.api;

import java.util.Objects;
import tenon.api.os.SystemPlatform;

/// The outside world, as one value to inject.
///
/// @param files the disk
/// @param clock the time
/// @param threads where threads come from
/// @param seed the source of all randomness; two runs from one seed on a simulated world are equal
public record Platform(FileSystem files, Clock clock, Threads threads, long seed) {
    public Platform {
        Objects.requireNonNull(files, "files");
        Objects.requireNonNull(clock, "clock");
        Objects.requireNonNull(threads, "threads");
    }

    /// The real world: the operating system's files, clock and threads, and a seed that differs with each call.
    public static Platform system() {
        return SystemPlatform.create();
    }

    public Platform withFiles(FileSystem other) {
        return new Platform(other, clock, threads, seed);
    }

    public Platform withClock(Clock other) {
        return new Platform(files, other, threads, seed);
    }
}
