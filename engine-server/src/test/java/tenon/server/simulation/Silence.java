package tenon.server.simulation;

import java.util.logging.Level;
import java.util.logging.Logger;

/// Keeps the warnings of full disks, of which a simulation has many, from the console.
final class Silence {
    /// Held: a logger that nobody holds forgets its level.
    private static final Logger LOGGER = Logger.getLogger("tenon.wal");

    private Silence() {}

    static void begin() {
        LOGGER.setLevel(Level.OFF);
    }
}
