/// # What all measurements share
///
/// - [tenon.bench.measure.Processes] starts the processes in which is measured, and [tenon.bench.measure.Programs]
///   compiles those that are no Java.
/// - [tenon.bench.measure.Turns] gives each peer its turn, round after round, so that what else the machine does meets
///   all alike. [tenon.bench.measure.Samples] compares them within a round.
/// - [tenon.bench.measure.Document] prints what was found: some of [tenon.bench.measure.Table], and what must be known
///   to read them.
package tenon.bench.measure;
