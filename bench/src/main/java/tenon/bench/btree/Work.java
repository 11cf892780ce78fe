package tenon.bench.btree;

import java.util.Arrays;
import java.util.List;
import tenon.bench.btree.peers.Peer;

/// What is measured, and what is to be reached.
enum Work {
    LOAD_ASCENDING(
            "load-ascending",
            "ascending keys in one synced transaction, in the store's own way for that (LMDB: MDB_APPEND)",
            Goal.atLeast(1.0, Peer.LMDB)),
    LOAD_ASCENDING_PUT("load-ascending-put", "the same, without telling the store that the keys ascend"),
    LOAD_REVISIONS(
            "load-revisions",
            "revisions as etcd has them: ascending keys of 17 bytes, values of 300 bytes, 10,000 in a synced"
                    + " transaction"),
    PUT_RANDOM(
            "put-random-1000",
            "random keys, 1,000 in a transaction, not synced; one sync at the end, its time included",
            Goal.atLeast(1.5, Peer.LMDB)),
    GET_RANDOM(
            "get-random",
            "gets in one read transaction on what put-random-1000 left; first and last byte of the value are read",
            Goal.atLeast(1.2, Peer.LMDB)),
    GET_RANDOM_2("get-random-2", "the same on two threads at once", Goal.atLeast(1.2, Peer.LMDB)),
    GET_RANDOM_TX("get-random-tx", "the read transaction moved on to the newest commit before each get (bbolt: a new one)", Goal.atLeast(1.2, Peer.LMDB)),
    SCAN(
            "scan",
            "all elements in order; last byte of the key, first and last byte of the value are read",
            Goal.atLeast(1.0, Peer.LMDB, Peer.BBOLT)),
    SCAN_REVERSE("scan-reverse", "the same backwards", Goal.atLeast(1.0, Peer.LMDB, Peer.BBOLT)),
    DELETE_RANDOM(
            "delete-random-1000",
            "all keys in random order, 1,000 in a transaction, not synced; one sync at the end",
            Goal.atLeast(1.5, Peer.LMDB)),
    PUT_RANDOM_SYNC(
            "put-random-1000-sync",
            "random keys, 1,000 in a synced transaction",
            Goal.atLeast(1.2, Peer.LMDB)),
    PUT_ONE_SYNC(
            "put-one-sync",
            "20,000 random keys, each in a synced transaction of its own; `disk`: two pages written, fdatasync, one"
                    + " page written, fdatasync",
            Goal.atLeast(1.0, Peer.LMDB),
            Goal.atLeast(0.9, Peer.DISK)),
    CHURN(
            "churn",
            "five rounds: a random half deleted, all put again; 1,000 in a transaction, one sync per round");

    final String label;
    final String description;
    final List<Goal> goals;

    Work(String label, String description, Goal... goals) {
        this.label = label;
        this.description = description;
        this.goals = List.of(goals);
    }

    static Work of(String label) {
        return Arrays.stream(values())
                .filter(work -> work.label.equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such work: " + label));
    }

    /// Whether it works on what [#PUT_RANDOM] left behind.
    boolean needsRandomStore() {
        return switch (this) {
            case GET_RANDOM, GET_RANDOM_2, GET_RANDOM_TX, SCAN, SCAN_REVERSE, DELETE_RANDOM -> true;
            default -> false;
        };
    }
}
