package io.kvorum.apiserver.request;

import io.kvorum.api.ApiException;
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
            values.computeIfAbsent(Escapes.inQuery(name), any -> new ArrayList<>(1))
                    .add(Escapes.inQuery(value));
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

    /** False when absent, {@code false} or {@code 0}; all else counts as true, as upstream reads the options of requests. */
    public boolean flag(String name) {
        String value = text(name);
        return has(name) && !value.equals("0") && !value.equalsIgnoreCase("false");
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
}
