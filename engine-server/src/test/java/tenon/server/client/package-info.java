/// Real clients, a real node, nothing in between replaced.
///
/// `-Dtenon.it.server=etcd` runs the same tests against the `etcd` of this machine. What holds there must hold for
/// Tenon: the transcripts in `testdata/etcdctl` were recorded from etcd 3.4.23, with `-Dtenon.testdata.rewrite=true`
/// beside it, and are only ever recorded from etcd.
package tenon.server.client;
