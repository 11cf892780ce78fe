/// The node.
module tenon.server {
    requires transitive tenon.api;
    requires tenon.mvcc;
    requires com.google.common;
    requires com.google.protobuf;
    requires io.grpc;
    requires io.grpc.protobuf;
    requires io.grpc.stub;
}
