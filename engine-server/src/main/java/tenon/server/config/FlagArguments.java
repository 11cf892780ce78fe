package tenon.server.config;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads flags as Go does, which etcd is written in: `-flag value`, `--flag=value`; a switch takes a value only behind
/// `=`, so that it does not swallow what follows. It is written out, for a library that reads its rules by reflection
/// takes a tenth of a second, and a node should be there in less than one.
final class FlagArguments {
    /// In edits, up to which a word counts as a slip of another.
    private static final int DISTANCE_MAX = 3;

    private FlagArguments() {}

    /// From the name of a flag to its last value, in the order in which they were first given.
    ///
    /// @throws FlagException if something is not understood
    static Map<String, String> parse(List<String> arguments, Map<String, Flag> flags) {
        Map<String, String> given = new LinkedHashMap<>();
        Deque<String> rest = new ArrayDeque<>(arguments);
        while (!rest.isEmpty()) {
            String argument = rest.remove();
            if (!argument.startsWith("-") || argument.equals("-")) {
                throw new FlagException("unexpected argument: " + argument);
            }
            String text = argument.substring(argument.startsWith("--") ? 2 : 1);
            int equals = text.indexOf('=');
            String name = equals < 0 ? text : text.substring(0, equals);
            Flag flag = flags.get(name);
            if (flag == null) {
                throw new FlagException("unknown flag: " + argument + hint(name, flags.keySet()));
            }
            if (equals >= 0) {
                given.put(name, text.substring(equals + 1));
            } else if (flag.isSwitch()) {
                given.put(name, "true");
            } else if (rest.isEmpty()) {
                throw new FlagException("--" + name + " needs a value");
            } else {
                given.put(name, rest.remove());
            }
        }
        return given;
    }

    private static String hint(String name, Collection<String> known) {
        String nearest = null;
        int nearestDistance = DISTANCE_MAX + 1;
        for (String candidate : known) {
            int distance = distance(name, candidate);
            if (distance < nearestDistance) {
                nearest = candidate;
                nearestDistance = distance;
            }
        }
        return nearest == null ? "" : "; did you mean --" + nearest + "?";
    }

    /// How many characters must be put in, taken out or changed to make one word the other.
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int changed = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}
