/// # Raft as a pure state machine
package tenon.raft;
