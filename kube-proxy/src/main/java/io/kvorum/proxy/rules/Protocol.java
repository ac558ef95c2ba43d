package io.kvorum.proxy.rules;

/** The transport protocols that are proxied. */
public enum Protocol {
    TCP,
    UDP
}
