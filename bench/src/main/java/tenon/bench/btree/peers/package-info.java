/// The stores that are measured, each behind the same small interface.
package tenon.bench.btree.peers;
