package tenon.server.command;

/// Which Tenon this is.
public final class Version {
    private Version() {}

    /// The version of this module; `dev` when it runs from the class path.
    public static String current() {
        var descriptor = Version.class.getModule().getDescriptor();
        return descriptor == null ? "dev" : descriptor.rawVersion().orElse("dev");
    }
}
