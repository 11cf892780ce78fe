/// The node.
module tenon.server {
    requires transitive tenon.api;
    requires tenon.btree;
    requires tenon.mvcc;
    requires tenon.raft;
    requires tenon.wal;
    requires bcrypt;
    requires com.google.common;
    requires com.google.protobuf;
    requires io.grpc;
    requires io.grpc.netty;
    requires io.grpc.protobuf;
    requires io.grpc.services;
    requires io.grpc.stub;
    requires io.netty.buffer;
    requires io.netty.codec;
    requires io.netty.codec.http;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.transport;
    requires HdrHistogram;
    requires info.picocli;
    requires org.yaml.snakeyaml;
    requires java.logging;
    requires java.naming;

    exports tenon.server;

    opens tenon.server.rpc to com.google.protobuf;
    opens tenon.server.command to info.picocli;
    opens tenon.server.command.ctl to info.picocli;
    opens tenon.server.command.db to info.picocli;
    opens tenon.server.command.demo to info.picocli;
    opens tenon.server.command.wal to info.picocli;
}
