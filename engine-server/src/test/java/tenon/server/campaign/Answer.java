package tenon.server.campaign;

import java.util.List;

/// What a member answered.
///
/// @param revision in the header: of the key space behind the call
/// @param hasWritten whether the call changed anything
/// @param found what was there: for a read that; for a write of one key what it replaced, for a swap that did not
///        happen what was there instead
record Answer(long revision, boolean hasWritten, List<Version> found) {}
