/// How long a node takes to serve, new or after a kill, and what it needs for it.
package tenon.bench.recovery;
