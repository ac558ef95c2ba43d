package io.kvorum.gateway.proxy;

/** Where an endpoint listens. */
public record Address(String host, int port) {
    @Override
    public String toString() {
        return host + ":" + port;
    }
}
