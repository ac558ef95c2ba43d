package io.kvorum.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Lists, labels and selectors in one cell. */
final class Texts {
    private static final int SHOWN = 3;

    private Texts() {}

    /** The field of every item, joined by commas. */
    static String join(JsonNode items, String field) {
        List<String> texts = new ArrayList<>();
        items.forEach(item -> texts.add(item.path(field).asText()));
        return String.join(",", texts);
    }

    static String join(JsonNode strings) {
        List<String> texts = new ArrayList<>();
        strings.forEach(item -> texts.add(item.asText()));
        return String.join(",", texts);
    }

    /** The first items and how many more there are. */
    static String some(List<String> items) {
        return items.size() <= SHOWN
                ? String.join(",", items)
                : String.join(",", items.subList(0, SHOWN)) + " + " + (items.size() - SHOWN) + " more...";
    }

    /** {@code a=b,c=d}, sorted. */
    static String labels(JsonNode map) {
        TreeSet<String> texts = new TreeSet<>();
        for (Iterator<Map.Entry<String, JsonNode>> i = map.fields(); i.hasNext(); ) {
            Map.Entry<String, JsonNode> label = i.next();
            texts.add(label.getKey() + "=" + label.getValue().asText());
        }
        return texts.isEmpty() ? Row.NONE : String.join(",", texts);
    }

    /** A label selector as it would be written on a command line. */
    static String selector(JsonNode selector) {
        TreeMap<String, List<String>> byKey = new TreeMap<>();
        for (Iterator<Map.Entry<String, JsonNode>> i =
                        selector.path("matchLabels").fields();
                i.hasNext(); ) {
            Map.Entry<String, JsonNode> label = i.next();
            byKey.computeIfAbsent(label.getKey(), k -> new ArrayList<>())
                    .add(label.getKey() + "=" + label.getValue().asText());
        }
        for (JsonNode expression : selector.path("matchExpressions")) {
            String key = expression.path("key").asText();
            byKey.computeIfAbsent(key, k -> new ArrayList<>()).add(requirement(key, expression));
        }
        List<String> all = new ArrayList<>();
        byKey.values().forEach(all::addAll);
        return all.isEmpty() ? Row.NONE : String.join(",", all);
    }

    private static String requirement(String key, JsonNode expression) {
        TreeSet<String> values = new TreeSet<>();
        expression.path("values").forEach(value -> values.add(value.asText()));
        String list = "(" + String.join(",", values) + ")";
        switch (expression.path("operator").asText()) {
            case "In":
                return key + " in " + list;
            case "NotIn":
                return key + " notin " + list;
            case "Exists":
                return key;
            case "DoesNotExist":
                return "!" + key;
            default:
                return "<error>";
        }
    }

    /** Addresses of a load balancer's status, sorted. */
    static String loadBalancer(JsonNode status) {
        TreeSet<String> addresses = new TreeSet<>();
        for (JsonNode ingress : status.path("loadBalancer").path("ingress")) {
            String ip = ingress.path("ip").asText();
            String address = ip.isEmpty() ? ingress.path("hostname").asText() : ip;
            if (!address.isEmpty()) {
                addresses.add(address);
            }
        }
        return String.join(",", addresses);
    }

    /** The status of a condition, {@code True}, {@code False} or {@code Unknown}; empty if there is none of the type. */
    static String condition(JsonNode status, String type) {
        for (JsonNode condition : status.path("conditions")) {
            if (condition.path("type").asText().equals(type)) {
                return condition.path("status").asText();
            }
        }
        return "";
    }

    static boolean isTrue(JsonNode status, String condition) {
        return condition(status, condition).equals("True");
    }
}
