package tenon.bench.btree;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;

/// The process of a [SpecialWork]: `WORK DIRECTORY SIZE`. It prints [TableRow]s.
final class SpecialMain {
    private SpecialMain() {}

    public static void main(String[] args) throws InterruptedException, ExecutionException {
        Path directory = Path.of(args[1]);
        long size = Long.parseLong(args[2]);
        List<List<String>> rows =
                switch (SpecialWork.find(args[0]).orElseThrow()) {
                    case COMMIT_FREE_PAGES -> new FreePageCost(directory).run(size, 200);
                    case READER_PAUSE -> new ReaderPause(directory, 3_000).run(size, 3);
                    case OPEN_UNCLEAN -> throw new IllegalArgumentException("it needs more than one process");
                };
        rows.forEach(TableRow::print);
    }
}
