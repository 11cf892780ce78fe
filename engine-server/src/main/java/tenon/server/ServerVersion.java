package tenon.server;

/// What a server says that it is.
public final class ServerVersion {
    /// The version of etcd whose API is served, as clients read it to learn what they may call.
    public static final String ETCD_API = "3.5.0";
    /// The same without the patch level.
    public static final String CLUSTER = "3.5.0";
    /// The version of etcd's storage schema that the reported one stands for.
    public static final String STORAGE = "3.5";

    private ServerVersion() {}

    /// As in semantic versioning, with the version of Tenon as build metadata: `3.5.0+tenon.0.1.0`.
    public static String text() {
        return ETCD_API + "+tenon." + ofTenon();
    }

    /// The version of this module; `dev` when it runs from the class path.
    public static String ofTenon() {
        var descriptor = ServerVersion.class.getModule().getDescriptor();
        return descriptor == null ? "dev" : descriptor.rawVersion().orElse("dev");
    }
}
