/// Measures every layer of Tenon beside its peers.
open module tenon.bench {
    requires com.google.protobuf;
    requires info.picocli;
    requires io.grpc;
    requires io.grpc.netty;
    requires io.grpc.stub;
    requires HdrHistogram;
    requires java.management;
    requires tenon.api;
    requires tenon.btree;
}
