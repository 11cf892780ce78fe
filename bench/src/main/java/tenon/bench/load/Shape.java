package tenon.bench.load;

/// How many ask at the same time.
///
/// @param connectionCount TCP connections
/// @param clientCount requests under way at any time, spread over the connections
public record Shape(int connectionCount, int clientCount) {
    public Shape {
        if (connectionCount < 1 || clientCount < connectionCount) {
            throw new IllegalArgumentException(
                    "at least one connection and as many clients are needed, not " + connectionCount + "/" + clientCount);
        }
    }

    /// From text such as `10/100`.
    ///
    /// @throws IllegalArgumentException if it is none
    public static Shape of(String text) {
        String[] counts = text.split("/", -1);
        try {
            if (counts.length == 2) {
                return new Shape(Integer.parseInt(counts[0].strip()), Integer.parseInt(counts[1].strip()));
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new IllegalArgumentException("connections/clients are wanted, such as 10/100, not: " + text);
    }

    @Override
    public String toString() {
        return connectionCount + "/" + clientCount;
    }
}
