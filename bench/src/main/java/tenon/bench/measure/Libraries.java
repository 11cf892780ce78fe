package tenon.bench.measure;

import java.net.URI;
import java.nio.file.Path;

/// The libraries of peers of the JVM.
public final class Libraries {
    private Libraries() {}

    /// Where a class comes from: the name of the file, with the version.
    public static String nameOf(Class<?> member) {
        Path place = Path.of(URI.create(member.getProtectionDomain().getCodeSource().getLocation().toString()));
        return place.getFileName().toString().replaceFirst("\\.jar$", "");
    }
}
