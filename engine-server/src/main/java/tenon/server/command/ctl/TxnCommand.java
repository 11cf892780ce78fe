package tenon.server.command.ctl;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tenon.server.command.ArgumentBytes;
import tenon.server.command.CommandException;
import tenon.server.command.ExitCode;
import tenon.server.rpc.TxnRequest;

@Command(
        name = "txn",
        description = {
            "Do several things as one, read from standard input in three parts, each ended by an empty line:",
            "comparisons such as mod(\"key\") > \"0\", what to do if all hold, and what to do if not."
        })
final class TxnCommand extends CtlAction {
    @Option(
            names = {"-i", "--interactive"},
            negatable = true,
            description = "Say what comes next.")
    boolean interactive;

    private BufferedReader lines;

    @Override
    protected void run() {
        Printer printer = printer();
        // One char per byte, so that bytes that are not text get through.
        lines = new BufferedReader(new InputStreamReader(console().in(), StandardCharsets.ISO_8859_1));
        var request = TxnRequest.newBuilder();
        readPart("compares:", line -> request.addCompare(TxnText.compare(line)));
        readPart("success requests (get, put, del):", line -> request.addSuccess(TxnText.request(line)));
        readPart("failure requests (get, put, del):", line -> request.addFailure(TxnText.request(line)));
        printer.txn(ask(connection -> connection.kv().txn(request.build())));
    }

    private void readPart(String prompt, Consumer<String> target) {
        if (interactive) {
            console().out().println(prompt);
            console().flush();
        }
        for (String line = readLine(); !line.isBlank(); line = readLine()) {
            target.accept(line.strip());
        }
    }

    private String readLine() {
        try {
            String line = lines.readLine();
            if (line == null) {
                throw new CommandException(ExitCode.BAD_INPUT, "EOF");
            }
            return ArgumentBytes.decode(line.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new CommandException(ExitCode.BAD_INPUT, e.getMessage());
        }
    }
}
