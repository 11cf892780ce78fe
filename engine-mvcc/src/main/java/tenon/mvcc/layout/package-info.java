/// # Bytes
///
/// What a key space writes into its file: [KeyValueLayout] the records, [RevisionLayout] their keys, [MetaLayout] the
/// names of the buckets and the bookkeeping, [RecordHasher] the hashes that are kept there. `docs/format/mvcc.md` says the same with examples.
///
/// Decoders get bytes that nobody has vouched for; they take what an encoder makes and refuse everything else with
/// [tenon.mvcc.MalformedRecordException].
package tenon.mvcc.layout;
