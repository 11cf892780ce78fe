/// Raft as a pure state machine.
module tenon.raft {
    requires transitive tenon.api;

    exports tenon.raft;
}
