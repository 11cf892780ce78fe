package tenon.server.client;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Commands and what they say, for people to read:
///
/// ```
/// # a remark
/// $ put hello world
/// OK
/// $ txn
/// < value("hello") = "world"
/// ...
/// ```
///
/// A `$` begins a command, `<` a line of its input; what follows is its output, and at last, if it failed, `exit 1`.
/// What differs between any two nodes stands as `<n>`, `<id>` and the like. In a command, `<id:2>` is the second id that
/// the commands before it told.
final class Transcript {
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

    private static final Pattern ID = Pattern.compile("\\b[0-9a-f]{12,16}\\b");

    /// Each line: what is hidden, and what stands for it.
    private static final String[][] HIDDEN = {
        {"http://[^ ,|\"\\]]+", "<url>"},
        {"\"(cluster_id|member_id|leader|raft_term|raftTerm|raftIndex|raftAppliedIndex|dbSize|dbSizeInUse|hash|ID)\":\\d+",
            "\"$1\":<n>"},
        {"\"(ClusterID|MemberID|RaftTerm|RaftIndex|Hash|ID|Leader)\" : \\d+", "\"$1\" : <n>"},
        {ID.pattern(), "<id>"},
        {"^ETCD_INITIAL_CLUSTER=.*", "ETCD_INITIAL_CLUSTER=<members>"},
        {"took = \\S+", "took = <time>"},
        {"\\b3\\.\\d+\\.\\d+[-+.\\w]*", "<version>"},
        {"\\b[\\d.]+ [kMG]?B\\b", "<size>"},
        {"(true|false), (true|false), \\d+, \\d+, \\d+, ", "$1, $2, <n>, <n>, <n>, "},
        {"\\| +\\d+ \\| +\\d+ \\| +\\d+ \\|", "| <n> | <n> | <n> |"},
        {"^<url>, \\d+$", "<url>, <n>"},
        {"\\| +\\d{6,} \\|", "| <n> |"},
        // Tables are as wide as what is in them.
        {"-{3,}", "---"},
        {" {2,}", " "},
    };

    private final String[] lines;
    private final Client client;
    /// All that were told, in the order in which they first were.
    private final List<String> ids = new ArrayList<>();
    private int next;

    /// What carries out commands.
    interface Client {
        Etcdctl.Result run(List<String> arguments, String input);
    }

    Transcript(String text, Client client) {
        this.lines = text.split("\n");
        this.client = client;
    }

    /// The same commands with what they say now.
    String replay() {
        StringBuilder now = new StringBuilder();
        while (next < lines.length) {
            String line = lines[next++];
            if (line.startsWith("#") || line.isEmpty() && isBetweenCommands()) {
                now.append(line).append('\n');
            } else if (line.startsWith("$ ")) {
                now.append(line).append('\n');
                replay(line.substring(2), now);
            }
        }
        return now.toString();
    }

    /// An empty line belongs to the output before it, unless a remark follows.
    private boolean isBetweenCommands() {
        return next < lines.length && lines[next].startsWith("#");
    }

    private void replay(String command, StringBuilder now) {
        StringBuilder input = new StringBuilder();
        while (next < lines.length && (lines[next].equals("<") || lines[next].startsWith("< "))) {
            now.append(lines[next]).append('\n');
            input.append(lines[next].substring(1).strip()).append('\n');
            next++;
        }
        List<String> arguments = new ArrayList<>();
        Matcher words = WORD.matcher(command);
        while (words.find()) {
            String word = words.group(1) != null ? words.group(1) : words.group(2);
            arguments.add(word.matches("<id:\\d+>") ? ids.get(Integer.parseInt(word.replaceAll("\\D", "")) - 1) : word);
        }
        Etcdctl.Result result = client.run(arguments, input.toString());
        inOrder(result.output().lines().map(this::hide).toList()).forEach(line -> now.append(line).append('\n'));
        if (result.exitCode() != 0) {
            now.append("exit ").append(result.exitCode()).append('\n');
        }
    }

    /// Members are told in the order of their ids, which is another one each time.
    private static List<String> inOrder(List<String> lines) {
        List<String> ordered = new ArrayList<>(lines);
        int from = 0;
        while (from < ordered.size()) {
            int to = from;
            while (to < ordered.size() && ordered.get(to).matches("(\\| )?<id>[, ].*")) {
                to++;
            }
            ordered.subList(from, to).sort(null);
            from = to + 1;
        }
        return ordered;
    }

    private String hide(String line) {
        String text = line;
        for (String[] rule : HIDDEN) {
            if (rule[1].equals("<id>")) {
                ID.matcher(text).results().map(MatchResult::group).filter(id -> !ids.contains(id)).forEach(ids::add);
            }
            text = text.replaceAll(rule[0], rule[1]);
        }
        return text.stripTrailing();
    }
}
