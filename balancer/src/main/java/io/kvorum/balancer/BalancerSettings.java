package io.kvorum.balancer;

import java.time.Duration;

/**
 * How the balancer works.
 *
 * @param connectTimeout how long a server may take to accept a connection
 * @param checkInterval from one check of a server to the next
 * @param checkTimeout how long a server may take to answer a check
 * @param rise good checks in a row that make an unfit server fit
 * @param fall bad checks in a row that make a fit server unfit
 * @param queueTimeout how long a client waits for any server to be fit
 * @param maxConnections most clients at a time; more are refused
 * @param drainTimeout how long connections may last when the balancer or a server is drained
 */
record BalancerSettings(
        Duration connectTimeout,
        Duration checkInterval,
        Duration checkTimeout,
        int rise,
        int fall,
        Duration queueTimeout,
        int maxConnections,
        Duration drainTimeout) {
    BalancerSettings {
        if (rise < 1 || fall < 1) {
            throw new IllegalArgumentException("--rise and --fall must be at least 1, are " + rise + " and " + fall);
        }
        if (maxConnections < 1) {
            throw new IllegalArgumentException("--max-connections must be at least 1, is " + maxConnections);
        }
        if (checkInterval.toMillis() < 10 || checkTimeout.toMillis() < 10 || connectTimeout.toMillis() < 10) {
            throw new IllegalArgumentException(
                    "--check-interval, --check-timeout and --connect-timeout must be at least 10ms");
        }
    }
}
