package tenon.server.command.db;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import tenon.btree.PageInfo;
import tenon.btree.StoreInspector;
import tenon.server.command.ctl.TextTable;

@Command(name = "pages", description = "Print one line for each page.")
final class PagesCommand extends StoreAction {
    @Override
    void inspect(StoreInspector store) {
        var rows = new ArrayList<List<String>>();
        store.forEachPage(page -> rows.add(row(page)));
        var headings = List.of("PAGE", "TYPE", "LEVEL", "COUNT", "USED", "OVERFLOW", "TXID", "FINDING");
        console().out().print(new TextTable(headings, rows));
    }

    private static List<String> row(PageInfo page) {
        return List.of(
                Long.toString(page.pageId()),
                page.type().name().toLowerCase(java.util.Locale.ROOT),
                Integer.toString(page.level()),
                Integer.toString(page.count()),
                Long.toString(page.usedBytes()),
                Integer.toString(page.overflowCount()),
                Long.toString(page.txid()),
                page.finding());
    }
}
