package tenon.server.campaign;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/// What each key was at each revision, put together from the events of a watch.
final class KeySpaceHistory {
    private final NavigableMap<String, NavigableMap<Long, Version>> versions = new TreeMap<>();
    private final NavigableMap<Long, List<Version>> events = new TreeMap<>();

    /// @param events in the order in which they were told
    KeySpaceHistory(List<Version> events) {
        for (Version event : events) {
            versions.computeIfAbsent(event.key(), key -> new TreeMap<>()).put(event.modRevision(), event);
            this.events.computeIfAbsent(event.modRevision(), revision -> new ArrayList<>()).add(event);
        }
    }

    /// 0 if nothing ever happened.
    long lastRevision() {
        return events.isEmpty() ? 0 : events.lastKey();
    }

    /// What happened at a revision.
    List<Version> eventsAt(long revision) {
        return events.getOrDefault(revision, List.of());
    }

    List<Version> events() {
        return events.values().stream().flatMap(List::stream).toList();
    }

    /// The event of a key at a revision, or null.
    Version findEvent(String key, long revision) {
        return versions.getOrDefault(key, new TreeMap<>()).get(revision);
    }

    /// The key at a revision; null if it was absent.
    Version find(String key, long revision) {
        Map.Entry<Long, Version> last = versions.getOrDefault(key, new TreeMap<>()).floorEntry(revision);
        return last == null || last.getValue().isDeletion() ? null : last.getValue();
    }

    /// What a read at a revision finds, by key.
    List<Version> find(Request.Read read, long revision) {
        List<Version> found = new ArrayList<>();
        for (String key : versions.tailMap(read.key(), true).keySet()) {
            if (!read.covers(key)) {
                break;
            }
            Version version = find(key, revision);
            if (version != null) {
                found.add(version);
            }
        }
        return found;
    }

    /// The modification revision of a key at a revision; 0 if it was absent.
    long modRevision(String key, long revision) {
        Version version = find(key, revision);
        return version == null ? 0 : version.modRevision();
    }
}
