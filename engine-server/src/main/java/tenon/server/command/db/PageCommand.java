package tenon.server.command.db;

import java.util.HexFormat;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tenon.btree.PageDump;
import tenon.btree.StoreInspector;

@Command(name = "page", description = "Print one page in full.")
final class PageCommand extends StoreAction {
    private static final int ROW_BYTES = 16;

    @Parameters(index = "1", paramLabel = "PAGE", description = "The page id.")
    long pageId;

    @Option(names = "--bytes", description = "The bytes as well.")
    boolean bytes;

    @Override
    void inspect(StoreInspector store) {
        PageDump dump = store.dump(pageId);
        dump.lines().forEach(this::line);
        if (bytes) {
            byte[] page = dump.bytes();
            for (int offset = 0; offset < page.length; offset += ROW_BYTES) {
                int end = Math.min(offset + ROW_BYTES, page.length);
                line(String.format("%04x  %s", offset, HexFormat.ofDelimiter(" ").formatHex(page, offset, end)));
            }
        }
    }
}
