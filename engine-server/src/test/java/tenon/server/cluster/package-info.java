/// Clusters of whole servers in this JVM, on real sockets and real files.
package tenon.server.cluster;
