package io.kvorum.gateway.routing;

import java.util.List;
import java.util.Map;

/** Changes of headers: what is set replaces what is there, what is added comes to it, what is removed goes. */
public record HeaderChange(
        List<Map.Entry<String, String>> set, List<Map.Entry<String, String>> add, List<String> remove) {
    public HeaderChange {
        set = List.copyOf(set);
        add = List.copyOf(add);
        remove = List.copyOf(remove);
    }

    /** Where headers are changed. */
    public interface Target {
        void set(String name, String value);

        void add(String name, String value);

        void remove(String name);
    }

    public void apply(Target headers) {
        set.forEach(header -> headers.set(header.getKey(), header.getValue()));
        add.forEach(header -> headers.add(header.getKey(), header.getValue()));
        remove.forEach(headers::remove);
    }
}
