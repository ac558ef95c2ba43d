package io.kvorum.balancer;

/** Where an API server listens. */
record ServerAddress(String host, int port) {
    /** @throws IllegalArgumentException naming what is wrong with {@code text}, which should be host:port */
    static ServerAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        String digits = text.substring(colon + 1);
        if (colon < 1 || !digits.matches("\\d{1,5}") || Integer.parseInt(digits) > 65_535) {
            throw new IllegalArgumentException("\"" + text + "\" must be host:port, for example 127.1.0.40:6443");
        }
        return new ServerAddress(text.substring(0, colon), Integer.parseInt(digits));
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
