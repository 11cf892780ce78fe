package tenon.server.node;

/// Ends things that may fail to end.
final class Closing {
    private Closing() {}

    /// Closes all of them, whatever fails.
    ///
    /// @param cause why, gets what fails as suppressed; null if there is none
    /// @param resources nulls among them are passed over
    /// @return the first failure, null if there was none or it was added to the cause
    static RuntimeException all(Throwable cause, AutoCloseable... resources) {
        RuntimeException first = null;
        for (AutoCloseable resource : resources) {
            try {
                if (resource != null) {
                    resource.close();
                }
            } catch (Exception e) {
                if (cause != null) {
                    cause.addSuppressed(e);
                } else if (first == null) {
                    first = e instanceof RuntimeException known ? known : new IllegalStateException(e);
                }
            }
        }
        return first;
    }
}
