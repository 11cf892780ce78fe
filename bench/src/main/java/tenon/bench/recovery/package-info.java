/// How long a killed node takes to serve again, and what it needs for it.
package tenon.bench.recovery;
