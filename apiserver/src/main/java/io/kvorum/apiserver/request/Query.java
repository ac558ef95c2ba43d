package io.kvorum.apiserver.request;

import io.kvorum.api.ApiException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The parameters of a query string; a name may come several times. */
public final class Query {
    public static final Query EMPTY = new Query(Map.of());

    private final Map<String, List<String>> values;

    private Query(Map<String, List<String>> values) {
        this.values = values;
    }

    public static Query parse(String text) {
        Map<String, List<String>> values = new HashMap<>();
        for (String pair : text.split("&")) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            String value = equals < 0 ? "" : pair.substring(equals + 1);
            values.computeIfAbsent(decode(name), any -> new ArrayList<>(1)).add(decode(value));
        }
        return new Query(values);
    }

    /** The first value; empty when absent. */
    public String text(String name) {
        List<String> all = values.get(name);
        return all == null ? "" : all.get(0);
    }

    public List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** True for {@code true} and {@code 1}, as Go reads booleans; present and empty counts as true. */
    public boolean flag(String name) {
        if (!has(name)) {
            return false;
        }
        String value = text(name);
        return value.isEmpty() || value.equals("1") || value.equalsIgnoreCase("true") || value.equalsIgnoreCase("t");
    }

    /** A whole number, {@code absent} when the parameter is missing or empty; 400 when it is none. */
    public long number(String name, long absent) {
        String value = text(name);
        if (value.isEmpty()) {
            return absent;
        }
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw ApiException.badRequest("strconv.ParseInt: parsing \"" + value + "\": invalid syntax");
        }
    }

    private static String decode(String text) {
        if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
            return text;
        }
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw ApiException.badRequest("invalid URL escape in \"" + text + "\"");
        }
    }
}
