/// The bytes of a segment: where they are ([tenon.wal.format.RecordLayout], [tenon.wal.format.SegmentLayout]), how they
/// are written, read back without trust, and searched for proof of damage.
package tenon.wal.format;
