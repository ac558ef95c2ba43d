package io.kvorum.gateway.proxy;

import java.util.List;

/**
 * The endpoints of a service's port that take requests.
 *
 * @param http2 whether they speak HTTP/2 without TLS from the first byte ({@code appProtocol: kubernetes.io/h2c})
 */
public record Endpoints(boolean http2, List<Address> addresses) {
    public static final Endpoints NONE = new Endpoints(false, List.of());
}
