package io.kvorum.apiserver;

/** ConfigMaps about which policies and webhooks have something to say. */
final class ConfigMaps {
    private ConfigMaps() {}

    static String configMap(String name, String colour) {
        return "{\"metadata\":{\"name\":\"" + name + "\"},\"data\":{\"colour\":\"" + colour + "\"}}";
    }
}
