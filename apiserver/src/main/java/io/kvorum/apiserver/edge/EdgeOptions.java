package io.kvorum.apiserver.edge;

import io.kvorum.apiserver.request.RequestTimeout;

/**
 * How requests over HTTPS are received.
 *
 * @param timeout how long they may take
 * @param origins whose web pages may ask
 */
public record EdgeOptions(RequestTimeout timeout, CrossOrigin origins) {
    public static final EdgeOptions DEFAULT = new EdgeOptions(RequestTimeout.DEFAULT, CrossOrigin.NONE);
}
