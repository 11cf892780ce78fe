package tenon.btree;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tenon.api.ByteView;
import tenon.api.FileInUseException;
import tenon.api.Platform;

/// Another process that opens a store and holds it until it is told to end.
final class StoreProcess implements AutoCloseable {
    static final byte[] NAME = {'b'};
    static final byte[] KEY = {'k'};
    static final String IN_USE = "in use";

    private final Process process;
    private final BufferedReader output;

    private StoreProcess(Process process) {
        this.process = process;
        this.output = process.inputReader();
    }

    /// The body of the process: opens the store, says what it found under the key, and waits.
    ///
    /// @param args path; `read` or the value to write
    public static void main(String[] args) throws IOException {
        boolean readOnly = args[1].equals("read");
        BTreeOptions options = BTreeOptions.DEFAULT.withReadOnly(readOnly);
        try (BTreeStore store = BTreeStore.open(Platform.system(), Path.of(args[0]), options)) {
            if (!readOnly) {
                store.write(tx -> {
                    tx.createBucketIfAbsent(NAME).put(KEY, args[1].getBytes(StandardCharsets.UTF_8));
                    return null;
                });
            }
            System.out.println(value(store));
            int unused = System.in.read();
        } catch (FileInUseException e) {
            System.out.println(IN_USE);
        }
    }

    static String value(BTreeStore store) {
        return store.read(tx -> {
            ByteView value = tx.bucket(NAME).get(KEY);
            return new String(value.toByteArray(), StandardCharsets.UTF_8);
        });
    }

    static StoreProcess reading(Path store) throws IOException {
        return start(store, "read");
    }

    static StoreProcess writing(Path store, String value) throws IOException {
        return start(store, value);
    }

    private static StoreProcess start(Path store, String word) throws IOException {
        return new StoreProcess(start(StoreProcess.class, store.toString(), word));
    }

    /// Another process with a class of the tests as its program.
    static Process start(Class<?> program, String... arguments) throws IOException {
        String classPath = String.join(
                java.io.File.pathSeparator,
                mainPath(),
                Path.of("target", "test-classes").toAbsolutePath().toString());
        List<String> command = new ArrayList<>(
                List.of(program("java"), "-XX:TieredStopAtLevel=1", "-ea", "-cp", classPath, program.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    /// A program of the JDK that runs the tests.
    static String program(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }

    /// The class path of the store, without its tests.
    static String mainPath() {
        return String.join(java.io.File.pathSeparator, location(Platform.class), location(BTreeStore.class));
    }

    private static String location(Class<?> type) {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath()).toString();
    }

    /// The value that the process found, or [#IN_USE].
    String answer() throws IOException {
        return output.readLine();
    }

    /// Ends it as a power cut of that process alone would.
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws IOException {
        end();
    }

    /// Tells it to close the store and to end, and waits for that.
    void end() throws IOException {
        process.outputWriter().close();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
