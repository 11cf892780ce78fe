package tenon.server.command;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import tenon.server.command.ctl.Connection;
import tenon.server.rpc.PutRequest;

/// Does what a node and a client do in their first second, so that the JVM can note which classes that takes. The
/// launcher runs it to make the start-up cache.
@Command(name = "train", hidden = true, description = "Do what the start-up cache is made from.")
final class TrainCommand extends Action {
    private static final int PUT_COUNT = 500;
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(30);

    @Override
    protected void run() {
        Path directory = temporaryDirectory();
        try {
            // The second start reads what the first one wrote.
            serve(directory, PUT_COUNT);
            serve(directory, 1);
        } finally {
            delete(directory);
        }
    }

    private void serve(Path directory, int putCount) {
        List<String> flags =
                List.of("--data-dir=" + directory.resolve("data"), "--listen-client-urls=http://127.0.0.1:0");
        ServerProcess process = new ServerProcess(console(), flags);
        URI uri = process.start().clientUri();
        try {
            String endpoint = uri.getHost() + ":" + uri.getPort();
            try (Connection connection = Connection.to(endpoint, TIMEOUT_NS)) {
                for (int i = 0; i < putCount; i++) {
                    ByteString key = ByteString.copyFromUtf8("key " + i);
                    connection.kv().put(PutRequest.newBuilder().setKey(key).setValue(key).build());
                }
            }
            client(endpoint, "put", "a", "b");
            client(endpoint, "get", "a", "--prefix");
            client(endpoint, "get", "a", "-w", "json");
            client(endpoint, "txn");
            client(endpoint, "del", "a");
            client(endpoint, "status", "--stages");
            client(endpoint, "endpoint", "health");
            client(endpoint, "member", "list");
        } finally {
            process.stop();
        }
    }

    /// As a user would call it, without the noise.
    private void client(String endpoint, String... words) {
        String[] arguments = Stream.concat(Stream.of("ctl", "--endpoints", endpoint), Stream.of(words))
                .toArray(String[]::new);
        InputStream in = InputStream.nullInputStream();
        var silence = new PrintStream(OutputStream.nullOutputStream());
        Main.run(new Console(in, silence, silence, console().platform()), arguments);
    }

    private static Path temporaryDirectory() {
        try {
            return Files.createTempDirectory("tenon-train-");
        } catch (IOException e) {
            throw CommandException.failed("no temporary directory: " + e.getMessage());
        }
    }

    private void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            console().err().println("tenon: could not delete " + directory + ": " + e.getMessage());
        }
    }
}
