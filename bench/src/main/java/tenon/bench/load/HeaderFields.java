package tenon.bench.load;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The header fields of calls on one connection, compressed as clients do it (RFC 7541): the first call of a method says
/// its fields, which puts them into the server's table; later ones refer to them with one byte each.
final class HeaderFields {
    // Indexes in the static table.
    private static final int AUTHORITY = 1;
    private static final int METHOD_POST = 3;
    private static final int PATH = 4;
    private static final int SCHEME_HTTP = 6;
    private static final int CONTENT_TYPE = 31;
    private static final int USER_AGENT = 58;
    private static final int STATIC_COUNT = 61;

    private static final int INDEXED = 0x80;
    private static final int LITERAL_WITH_INDEXING = 0x40;
    /// What fits beside these without another byte; no index and no length here needs one.
    private static final int LITERAL_INDEX_MAX = 0x3e;

    private final String authority;
    /// All that was put into the table, the oldest first. It is small, so that nothing is dropped from it.
    private final List<Field> table = new ArrayList<>();
    private final Map<String, byte[]> blocks = new HashMap<>();

    /// @param nameIndex of the name in the static table; 0 for none
    private record Field(int nameIndex, String name, String value) {}

    HeaderFields(String authority) {
        this.authority = authority;
    }

    /// The header block of a call.
    ///
    /// @param path such as `/etcdserverpb.KV/Put`
    byte[] block(String path) {
        byte[] known = blocks.get(path);
        if (known != null) {
            return known;
        }
        List<Field> fields = List.of(
                new Field(PATH, ":path", path),
                new Field(AUTHORITY, ":authority", authority),
                new Field(CONTENT_TYPE, "content-type", "application/grpc"),
                new Field(0, "te", "trailers"),
                new Field(USER_AGENT, "user-agent", "tenon-bench"));
        boolean isAllKnown = table.containsAll(fields);
        byte[] block = encode(fields);
        blocks.clear();
        if (isAllKnown) {
            blocks.put(path, block);
        }
        return block;
    }

    private byte[] encode(List<Field> fields) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(INDEXED | METHOD_POST);
        out.write(INDEXED | SCHEME_HTTP);
        for (Field field : fields) {
            int position = table.indexOf(field);
            if (position >= 0) {
                out.write(INDEXED | STATIC_COUNT + table.size() - position);
                continue;
            }
            table.add(field);
            assert field.nameIndex <= LITERAL_INDEX_MAX;
            out.write(LITERAL_WITH_INDEXING | field.nameIndex);
            if (field.nameIndex == 0) {
                writeString(out, field.name);
            }
            writeString(out, field.value);
        }
        return out.toByteArray();
    }

    private static void writeString(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        assert bytes.length <= LITERAL_INDEX_MAX;
        out.write(bytes.length);
        out.writeBytes(bytes);
    }
}
