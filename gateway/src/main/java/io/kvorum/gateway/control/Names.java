package io.kvorum.gateway.control;

/** Names of the Gateway API that appear in several places. */
final class Names {
    static final String CONTROLLER = "kvorum.io/gateway-controller";
    static final String GROUP = "gateway.networking.k8s.io";
    static final String TRUE = "True";
    static final String FALSE = "False";

    private Names() {}

    static String orElse(@org.jspecify.annotations.Nullable String value, String other) {
        return value == null ? other : value;
    }
}
