package io.kvorum.proxy.rules;

/** An address to listen on. */
public record Listen(Protocol protocol, String address, int port) {
    @Override
    public String toString() {
        return protocol + " " + address + ":" + port;
    }
}
