package tenon.server.http;

import io.netty.handler.codec.http.HttpResponseStatus;

/// An answer.
record Page(HttpResponseStatus status, String contentType, String text) {
    static final String JSON = "application/json";
    static final String PLAIN = "text/plain; charset=utf-8";
    static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    static final Page NOT_FOUND = plain(HttpResponseStatus.NOT_FOUND, "404 page not found\n");
    static final Page METHOD_NOT_ALLOWED = plain(HttpResponseStatus.METHOD_NOT_ALLOWED, "Method Not Allowed\n");
    static final Page ONLY_GET_ALLOWED = plain(HttpResponseStatus.METHOD_NOT_ALLOWED, "Method Not Allowed\n");
    static final Page BAD_REQUEST = plain(HttpResponseStatus.BAD_REQUEST, "400 Bad Request\n");
    static final Page TOO_MANY = plain(HttpResponseStatus.SERVICE_UNAVAILABLE, "503 too many requests\n");
    static final Page FAILED = plain(HttpResponseStatus.INTERNAL_SERVER_ERROR, "500 see the log of the server\n");

    static Page plain(HttpResponseStatus status, String text) {
        return new Page(status, PLAIN, text);
    }
}
