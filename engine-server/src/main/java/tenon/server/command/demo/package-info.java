/// # `tenon demo`: the proof in a minute
///
/// [DemoCommand] tells the story: one write through all its stops, then a [Burst] of clients against a [NodeProcess]
/// that is killed in the middle, and a [WriteLedger] that proves from the clients' side that nothing acknowledged was
/// lost or done twice. The crash test of the whole process uses the same three.
package tenon.server.command.demo;
