package tenon.server.campaign;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// One direction between two hosts. The weathers on it add up.
final class Link {
    private final List<Weather> weathers = new CopyOnWriteArrayList<>();

    void begin(Weather weather) {
        weathers.add(weather);
    }

    /// Ends one that has begun.
    void end(Weather weather) {
        weathers.remove(weather);
    }

    List<Weather> weathers() {
        return weathers;
    }
}
