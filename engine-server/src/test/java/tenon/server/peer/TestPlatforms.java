package tenon.server.peer;

import tenon.api.Platform;
import tenon.testkit.SimulatedFileSystem;

/// The real world with a disk of its own.
final class TestPlatforms {
    private TestPlatforms() {}

    static Platform simulated() {
        return Platform.system().withFiles(new SimulatedFileSystem());
    }
}
