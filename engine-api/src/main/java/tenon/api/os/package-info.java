/// The operating system behind the seams of [tenon.api.Platform]; the one place that opens files, reads clocks and
/// starts threads.
package tenon.api.os;
