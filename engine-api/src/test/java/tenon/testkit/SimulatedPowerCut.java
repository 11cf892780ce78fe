package tenon.testkit;

/// The power of a [SimulatedFileSystem] is gone. An `Error`, so that no code under test mistakes it for a failure that
/// it could handle: the process that ran it is gone, too.
public final class SimulatedPowerCut extends Error {
    private static final long serialVersionUID = 1L;

    SimulatedPowerCut(String operation) {
        super("power cut before or during: " + operation);
    }
}
