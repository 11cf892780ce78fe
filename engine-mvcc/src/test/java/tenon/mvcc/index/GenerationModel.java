package tenon.mvcc.index;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// treeIndex as it is described in words: keys with generations with versions.
final class GenerationModel {
    record Version(long main, int sub) {}

    private static final class Generation {
        long createRevision;
        long lastVersion;
        boolean ended;
        final List<Version> versions = new ArrayList<>();
    }

    private final TreeMap<String, List<Generation>> keys = new TreeMap<>();

    /// The generation that a put belongs to: createRevision, version.
    long[] put(String key, long main, int sub) {
        List<Generation> generations = keys.computeIfAbsent(key, name -> new ArrayList<>());
        if (generations.isEmpty() || generations.getLast().ended) {
            Generation begun = new Generation();
            begun.createRevision = main;
            generations.add(begun);
        }
        Generation last = generations.getLast();
        last.versions.add(new Version(main, sub));
        last.lastVersion++;
        return new long[] {last.createRevision, last.lastVersion};
    }

    void tombstone(String key, long main, int sub) {
        Generation last = keys.get(key).getLast();
        last.versions.add(new Version(main, sub));
        last.ended = true;
    }

    SortedMap<String, Version> visible(long atMain) {
        TreeMap<String, Version> visible = new TreeMap<>();
        keys.forEach((key, generations) -> {
            Version found = null;
            for (Generation generation : generations) {
                for (Version version : generation.versions) {
                    if (version.main <= atMain) {
                        boolean tombstone = generation.ended && version == generation.versions.getLast();
                        found = tombstone ? null : version;
                    }
                }
            }
            if (found != null) {
                visible.put(key, found);
            }
        });
        return visible;
    }

    /// Drops what is superseded, and tells what that was as `main_sub`.
    List<String> compact(long atMain) {
        List<String> dropped = new ArrayList<>();
        for (Map.Entry<String, List<Generation>> entry : keys.entrySet()) {
            List<Generation> generations = entry.getValue();
            while (!generations.isEmpty() && compactFirst(generations, atMain, dropped)) {
                generations.removeFirst();
            }
        }
        keys.values().removeIf(List::isEmpty);
        return dropped;
    }

    /// Whether nothing is left of the first generation.
    private static boolean compactFirst(List<Generation> generations, long atMain, List<String> dropped) {
        Generation first = generations.getFirst();
        Version end = first.versions.getLast();
        boolean gone = first.ended && end.main < atMain;
        // Several generations may end at one revision; the last of them supersedes the others.
        gone |= first.ended && generations.size() > 1 && generations.get(1).versions.getFirst().main <= atMain;
        while (!first.versions.isEmpty()
                && (gone || first.versions.size() > 1 && first.versions.get(1).main <= atMain)) {
            Version version = first.versions.removeFirst();
            dropped.add(version.main + "_" + version.sub);
        }
        return gone;
    }

    int keyCount() {
        return keys.size();
    }
}
