package tenon.server.peer;

/// What a frame holds. The numbers are part of the format.
enum FrameType {
    HELLO(1),
    WELCOME(2),
    REFUSED(3),
    PING(4),
    PONG(5),
    MEMBERS_QUERY(6),
    MEMBERS(7),
    MESSAGE(8),
    SNAPSHOT_BEGIN(9),
    SNAPSHOT_RESUME(10),
    SNAPSHOT_CHUNK(11),
    SNAPSHOT_END(12),
    SNAPSHOT_RECEIVED(13),
    SNAPSHOT_FAILED(14),
    PROMOTE(15),
    PROMOTED(16);

    private static final FrameType[] BY_NUMBER = new FrameType[PROMOTED.number + 1];

    static {
        for (FrameType type : values()) {
            BY_NUMBER[type.number] = type;
        }
    }

    private final int number;

    FrameType(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    /// Null if no type has this number.
    static FrameType findByNumber(int number) {
        return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : null;
    }
}
