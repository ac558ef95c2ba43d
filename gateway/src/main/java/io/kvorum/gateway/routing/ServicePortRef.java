package io.kvorum.gateway.routing;

/** A port of a service, by number. */
public record ServicePortRef(String namespace, String service, int port) {
    @Override
    public String toString() {
        return namespace + "/" + service + ":" + port;
    }
}
