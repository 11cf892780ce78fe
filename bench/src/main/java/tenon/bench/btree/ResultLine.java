package tenon.bench.btree;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// What a peer tells about one work: a line `result work=… ops=… ns=… bytes=… rss_kb=… anon_kb=… sum=…`, for
/// [Work#CHURN] also `sizes=…,…`.
///
/// @param ops operations in the time `ns`
/// @param bytes size of all files of the store after the work
/// @param rssKb resident memory, mapped file pages included
/// @param anonKb resident memory that is no file
/// @param sum of what was read, or of all that the store holds after writing: the same for all peers
/// @param sizes of the files before the first round and after each
record ResultLine(
        String work, long ops, long ns, long bytes, long rssKb, long anonKb, long sum, List<Long> sizes) {
    private static final String FIRST_WORD = "result ";

    static boolean isResult(String line) {
        return line.startsWith(FIRST_WORD);
    }

    static ResultLine parse(String line) {
        Map<String, String> fields = new HashMap<>();
        for (String field : line.substring(FIRST_WORD.length()).split(" ")) {
            int equals = field.indexOf('=');
            fields.put(field.substring(0, equals), field.substring(equals + 1));
        }
        List<Long> sizes = fields.containsKey("sizes")
                ? Arrays.stream(fields.get("sizes").split(",")).map(Long::valueOf).toList()
                : List.of();
        return new ResultLine(
                fields.get("work"),
                Long.parseLong(fields.get("ops")),
                Long.parseLong(fields.get("ns")),
                Long.parseLong(fields.get("bytes")),
                Long.parseLong(fields.get("rss_kb")),
                Long.parseLong(fields.get("anon_kb")),
                Long.parseUnsignedLong(fields.get("sum")),
                sizes);
    }

    @Override
    public String toString() {
        String more = sizes.isEmpty()
                ? ""
                : " sizes=" + sizes.stream().map(String::valueOf).collect(Collectors.joining(","));
        return FIRST_WORD + "work=" + work + " ops=" + ops + " ns=" + ns + " bytes=" + bytes + " rss_kb=" + rssKb
                + " anon_kb=" + anonKb + " sum=" + Long.toUnsignedString(sum) + more;
    }

    double opsPerSecond() {
        return ops * 1e9 / ns;
    }
}
