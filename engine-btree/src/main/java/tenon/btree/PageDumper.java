package tenon.btree;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Spells out a page.
final class PageDumper {
    private final PageView page = new PageView();
    private final PageInfo info;
    private final List<String> lines = new ArrayList<>();
    private final List<PageDump.Element> elements = new ArrayList<>();

    private PageDumper(PageInfo info) {
        this.info = info;
    }

    static PageDump dump(PageFile file, PageInfo info, MetaPages metaPages) {
        PageDumper dumper = new PageDumper(info);
        dumper.line("page", info.pageId());
        dumper.line("type", info.type().name().toLowerCase(java.util.Locale.ROOT));
        byte[] bytes = new byte[file.pageSizeBytes];
        file.file.read(info.pageId() * file.pageSizeBytes, ByteBuffer.wrap(bytes));
        if (!info.finding().isEmpty()) {
            dumper.line("finding", info.finding());
        }
        switch (info.type()) {
            case META -> dumper.meta(metaPages.of((int) info.pageId()));
            case BRANCH, LEAF, OVERFLOW, FREELIST -> {
                file.load(info.pageId(), dumper.page);
                dumper.body();
            }
            case FREE, DAMAGED -> {}
        }
        return new PageDump(info, dumper.lines, dumper.elements, bytes);
    }

    private void line(String name, Object value) {
        lines.add(name + " " + value);
    }

    private void meta(Meta meta) {
        line("format version", meta.formatVersion());
        line("page size", meta.pageSizeBytes());
        line("txid", meta.txid());
        line("root", meta.rootPageId());
        line("freelist", meta.freelistPageId());
        line("high water mark", meta.highWaterMark());
        line("free pages", meta.freePageCount());
    }

    private void body() {
        line("txid", info.txid());
        line("crc", String.format("%08x", page.crc()));
        line("used bytes", info.usedBytes());
        switch (info.type()) {
            case OVERFLOW -> {
                line("overflow pages", info.overflowCount());
                line("value length", page.overflowValueLength());
            }
            case FREELIST -> freelist();
            default -> {
                line("level", info.level());
                line("prefix length", page.prefixLength());
                for (int i = 0; i < info.count(); i++) {
                    element(i);
                }
            }
        }
    }

    private void freelist() {
        line("previous", page.segment.get(PageLayout.LONG, page.base + FreelistLayout.PREVIOUS_OFFSET));
        line("chain length", FreelistLayout.length(page));
        for (int i = 0; i < info.count(); i++) {
            long entry = FreelistLayout.entryAt(page, i);
            String kind = FreelistLayout.nameOf(FreelistLayout.kindOf(entry));
            line("entry " + i, kind + " " + FreelistLayout.startOf(entry) + " +" + FreelistLayout.countOf(entry));
        }
    }

    private void element(int index) {
        byte[] key = page.keyBytes(index);
        long reference = 0;
        int length = page.isLeaf() ? page.storedValueLength(index) : PageLayout.CHILD_BYTES;
        PageDump.Kind kind = PageDump.Kind.VALUE;
        if (!page.isLeaf()) {
            kind = PageDump.Kind.CHILD;
            reference = page.child(index);
        } else if (page.flags(index) == PageLayout.FLAG_BUCKET) {
            kind = PageDump.Kind.BUCKET;
            reference = page.reference(index);
        } else if (page.flags(index) == PageLayout.FLAG_OVERFLOW) {
            kind = PageDump.Kind.OVERFLOW_VALUE;
            reference = page.reference(index);
            length = page.referenceLength(index);
        }
        elements.add(new PageDump.Element(index, key, kind, reference, length));
        String leadsTo = reference == 0 ? "" : " in page " + reference;
        String what = kind == PageDump.Kind.VALUE || kind == PageDump.Kind.OVERFLOW_VALUE
                ? "value of " + length + " bytes" + leadsTo
                : kind.name().toLowerCase(java.util.Locale.ROOT) + leadsTo;
        line("element " + index, Names.printable(key) + " -> " + what);
    }
}
