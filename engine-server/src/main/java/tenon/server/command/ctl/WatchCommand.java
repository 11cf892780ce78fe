package tenon.server.command.ctl;

import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tenon.server.command.CommandException;
import tenon.server.command.ExitCode;
import tenon.server.error.EtcdError;
import tenon.server.rpc.WatchCreateRequest;
import tenon.server.rpc.WatchRequest;
import tenon.server.rpc.WatchResponse;

@Command(name = "watch", description = "Print what happens to a key or a range of them, until the node ends it.")
final class WatchCommand extends CtlAction {
    @Parameters(arity = "0..*", paramLabel = "KEY [RANGE-END]", description = "First key, and the first not wanted.")
    List<String> arguments = new ArrayList<>();

    @Option(names = "--prefix", description = "All keys that begin with KEY.")
    boolean isPrefix;

    @Option(names = "--rev", defaultValue = "0", description = "From this revision on.")
    long revision;

    @Option(names = "--prev-kv", description = "With what was there before.")
    boolean previous;

    @Option(names = "--progress-notify", description = "Say from time to time how far it is, if nothing happens.")
    boolean progress;

    @Override
    protected void run() {
        WatchRequest request = request();
        Printer printer = printer();
        ask(connection -> {
            follow(connection.watch(), request, printer);
            return null;
        });
        throw new CommandException(ExitCode.INTERRUPTED, "watch is canceled by the server");
    }

    private WatchRequest request() {
        if (arguments.isEmpty() || arguments.size() > 2) {
            throw badArguments("bad number of arguments");
        }
        if (isPrefix && arguments.size() == 2) {
            throw badArguments("`range_end` and `--prefix` are mutually exclusive");
        }
        KeySpan span = KeySpan.of(arguments, isPrefix, false);
        return WatchRequest.newBuilder()
                .setCreateRequest(WatchCreateRequest.newBuilder()
                        .setKey(span.key())
                        .setRangeEnd(span.end())
                        .setStartRevision(revision)
                        .setPrevKv(previous)
                        .setProgressNotify(progress))
                .build();
    }

    /// Prints until the watch ends.
    private void follow(
            BlockingClientCall<WatchRequest, WatchResponse> call, WatchRequest request, Printer printer) {
        try {
            call.write(request);
            for (WatchResponse response = call.read(); response != null; response = call.read()) {
                print(response, printer);
                if (response.getCanceled()) {
                    call.cancel("the watch has ended", null);
                    return;
                }
            }
        } catch (StatusException e) {
            throw e.getStatus().asRuntimeException();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void print(WatchResponse response, Printer printer) {
        if (response.getCanceled()) {
            complain("watch was canceled (" + reason(response) + ")");
        }
        boolean isProgress = !response.getCreated() && !response.getCanceled() && response.getEventsCount() == 0;
        if (isProgress) {
            console().out().println("progress notify: " + response.getHeader().getRevision());
        }
        if (!response.getCreated()) {
            printer.watch(response);
        }
        console().flush();
    }

    private static String reason(WatchResponse response) {
        return response.getCompactRevision() != 0 ? EtcdError.COMPACTED.text() : response.getCancelReason();
    }
}
