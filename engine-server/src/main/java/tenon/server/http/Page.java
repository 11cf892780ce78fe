package tenon.server.http;

import io.netty.handler.codec.http.HttpResponseStatus;

/// An answer.
///
/// @param allowed the methods that the page has, where another one was asked for; else empty
record Page(HttpResponseStatus status, String contentType, String text, String allowed) {
    static final String JSON = "application/json";
    static final String PLAIN = "text/plain; charset=utf-8";
    static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    static final Page NOT_FOUND = plain(HttpResponseStatus.NOT_FOUND, "404 page not found\n");
    static final Page BAD_REQUEST = plain(HttpResponseStatus.BAD_REQUEST, "400 Bad Request\n");
    static final Page TOO_MANY = plain(HttpResponseStatus.SERVICE_UNAVAILABLE, "503 too many requests\n");
    static final Page FAILED = plain(HttpResponseStatus.INTERNAL_SERVER_ERROR, "500 see the log of the server\n");

    Page(HttpResponseStatus status, String contentType, String text) {
        this(status, contentType, text, "");
    }

    static Page plain(HttpResponseStatus status, String text) {
        return new Page(status, PLAIN, text);
    }

    /// Another method was asked for.
    static Page onlyFor(String allowed) {
        return new Page(HttpResponseStatus.METHOD_NOT_ALLOWED, PLAIN, "Method Not Allowed\n", allowed);
    }
}
