/// What a request can fail with, in the words and codes that etcd clients know.
package tenon.server.error;
