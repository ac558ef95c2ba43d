package io.kvorum.balancer;

/** What the balancer counts. */
interface BalancerMetrics {
    /** A client connected. */
    void accepted();

    /** A client was refused: too many, or no server was fit in time. */
    void rejected();

    /** A server took no connection, and the client was offered to another. */
    void retried();

    /** A connection was reset because its server was silent or drained. */
    void dropped();
}
