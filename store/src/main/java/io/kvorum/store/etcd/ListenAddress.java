package io.kvorum.store.etcd;

import io.kvorum.component.UsageException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** Where clients are served: the value of {@code --listen-client}. */
public record ListenAddress(String host, int port) {
    /**
     * @param value {@code PORT} or {@code HOST:PORT}
     * @param ownAddress the host when there is only a port
     */
    public static ListenAddress of(String value, String ownAddress) {
        int colon = value.lastIndexOf(':');
        String host = colon < 0 ? ownAddress : value.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        String port = value.substring(colon + 1);
        if (host.isEmpty() || host.contains("/") || !port.matches("\\d{1,5}") || Integer.parseInt(port) > 65535) {
            throw new UsageException("--listen-client: \"" + value + "\" is neither PORT nor HOST:PORT");
        }
        return new ListenAddress(host, Integer.parseInt(port));
    }

    /** The address to bind; looks a host name up, so it may block. */
    InetSocketAddress resolve() {
        try {
            return new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (UnknownHostException e) {
            throw new UsageException("--listen-client: there is no host \"" + host + "\"");
        }
    }

    /** As it stands in URLs. */
    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
