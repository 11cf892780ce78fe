package tenon.wal;

import java.nio.file.Path;
import java.util.List;
import tenon.api.Entry;

/// One record, as the command line shows it.
///
/// @param file the segment
/// @param positionBytes where the record begins
/// @param recordNumber its number in the segment, from 1
/// @param type null if what stands here is no record
/// @param term of entries, a state or snapshot mark, else 0
/// @param raftIndex index of the first entry or of a snapshot mark, commit index of a state, else 0
/// @param lengthBytes length of the data as it is written there
/// @param isValid whether the CRC continues the one before and the data has the form of its type
/// @param entries if this is a valid record of entries, else none
public record RecordInfo(
        Path file,
        long positionBytes,
        long recordNumber,
        RecordType type,
        long term,
        long raftIndex,
        int lengthBytes,
        boolean isValid,
        List<Entry> entries) {}
