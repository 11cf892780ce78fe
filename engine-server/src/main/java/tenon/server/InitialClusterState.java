package tenon.server;

/// Whether a node that has no files yet founds the initial cluster with its other members, or was added to one that runs.
public enum InitialClusterState {
    NEW,
    EXISTING
}
