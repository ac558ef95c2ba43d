package io.kvorum.apiserver.edge;

import io.kvorum.apiserver.request.RequestTimeout;

/**
 * How requests over HTTPS are received.
 *
 * @param timeout how long they may take
 * @param origins whose web pages may ask
 * @param goAwayChance share of HTTP/2 requests after which the client is to open another connection, 0 to 1
 * @param transportSecurity value of {@code Strict-Transport-Security}; empty: it is not sent
 */
public record EdgeOptions(RequestTimeout timeout, CrossOrigin origins, double goAwayChance, String transportSecurity) {
    public static final EdgeOptions DEFAULT = new EdgeOptions(RequestTimeout.DEFAULT, CrossOrigin.NONE, 0, "");
}
