package io.kvorum.proxy.rules;

/** Where a connection can be led: address and port of a pod or of an API server. */
public record Endpoint(String address, int port) {
    @Override
    public String toString() {
        return address + ":" + port;
    }
}
