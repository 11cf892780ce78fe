package tenon.server.error;

import io.grpc.Status;
import java.util.Locale;

/// A status in the words of gRPC for Go, which etcd and its client use.
public final class GoStatus {
    private GoStatus() {}

    /// `rpc error: code = PermissionDenied desc = …`
    public static String text(Status status) {
        String description = status.getDescription() == null ? "" : status.getDescription();
        return "rpc error: code = " + name(status.getCode()) + " desc = " + description;
    }

    private static String name(Status.Code code) {
        StringBuilder name = new StringBuilder();
        for (String word : code.name().split("_")) {
            name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return name.toString();
    }
}
