package tenon.server.command.wal;

import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tenon.api.Entry;
import tenon.server.command.ArgumentBytes;
import tenon.server.command.Bytes;
import tenon.server.command.CommandException;
import tenon.wal.RecordInfo;

@Command(
        name = "dump",
        description = "Print one line for each record, also for those behind damage as far as they can be found.")
final class DumpCommand extends LogAction {
    @Option(names = "--data", description = "Show the data of entries, as text or hexadecimal.")
    boolean data;

    private Path segment;
    private long recordCount;

    @Override
    protected void run() {
        inspector().forEachRecord(this::print);
        if (recordCount == 0) {
            throw CommandException.failed(directory + " holds no log");
        }
    }

    private void print(RecordInfo info) {
        recordCount++;
        var out = console().out();
        if (!info.file().equals(segment)) {
            segment = info.file();
            out.println(segment);
        }
        String type = info.type() == null ? "unknown" : info.type().name().toLowerCase(Locale.ROOT);
        out.printf("%6d  at %-9d %-9s %7d bytes", info.recordNumber(), info.positionBytes(), type, info.lengthBytes());
        if (info.isValid() && info.type() != null) {
            switch (info.type()) {
                case ENTRY, ENTRIES -> out.printf("  term %d index %s", info.term(), indexes(info));
                case SNAPSHOT -> out.printf("  term %d index %d", info.term(), info.raftIndex());
                case STATE -> out.printf("  term %d commit %d", info.term(), info.raftIndex());
                case METADATA, CRC -> {}
            }
        }
        out.println(info.isValid() ? "" : "  DAMAGED");
        if (data) {
            info.entries().forEach(this::printData);
        }
    }

    private static String indexes(RecordInfo info) {
        long last = info.entries().getLast().raftIndex();
        return last == info.raftIndex() ? Long.toString(last) : info.raftIndex() + " to " + last;
    }

    private void printData(Entry entry) {
        var out = console().out();
        out.printf("%18s%d: ", "", entry.raftIndex());
        out.writeBytes(ArgumentBytes.encode(Bytes.AUTO.show(entry.data())));
        out.println();
    }
}
