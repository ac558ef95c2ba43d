package io.kvorum.proxy.net;

/** What the proxy counts. Every method has an empty default. */
public interface ProxyMetrics {
    ProxyMetrics NONE = new ProxyMetrics() {};

    /** A connection, or the first datagram of a client, came in. */
    default void accepted() {}

    /** There was no endpoint for it. */
    default void rejected() {}

    /** An endpoint refused; another one was tried. */
    default void refused() {}
}
