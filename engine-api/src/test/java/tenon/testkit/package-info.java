/// What the tests of all modules share: a clock that the test moves, a disk that crashes, seeded randomness, and the
/// documents of the file formats.
package tenon.testkit;
