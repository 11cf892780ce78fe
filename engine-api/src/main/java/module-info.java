/// The boundaries of Tenon; needs nothing but the JDK.
module tenon.api {
    exports tenon.api;

    // For writes past the page cache.
    requires jdk.unsupported;
}
