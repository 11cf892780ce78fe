package tenon.api;

import java.util.List;

/// What a [Consensus] wants done.
///
/// @param number ascending by one with each `Ready`, from 1
/// @param softState null if unchanged; need not be stored
/// @param hardState null if unchanged; to be stored
/// @param snapshot null if there is none; replaces the state machine and the log, and is stored before the entries
/// @param entriesToStore to be stored; may replace entries stored before
/// @param messages to be sent now
/// @param messagesAfterStored to be sent when this `Ready` is stored
/// @param committedEntries to be applied; all of them are stored
/// @param readStates answers to [Consensus#readIndex]
/// @param mustSync whether storing needs a sync before [Consensus#onStored]; false if only the commit index moved
public record Ready(
        long number,
        SoftState softState,
        HardState hardState,
        Message.InstallSnapshot snapshot,
        List<Entry> entriesToStore,
        List<Message> messages,
        List<Message> messagesAfterStored,
        List<Entry> committedEntries,
        List<ReadState> readStates,
        boolean mustSync) {}
