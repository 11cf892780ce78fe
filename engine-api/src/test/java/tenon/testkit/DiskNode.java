package tenon.testkit;

/// What a name stands for.
sealed interface DiskNode permits DiskFile, DiskDirectory {}
