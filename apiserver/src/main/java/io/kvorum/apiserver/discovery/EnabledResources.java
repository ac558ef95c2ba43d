package io.kvorum.apiserver.discovery;

import io.kvorum.api.ResourceCatalog;
import io.kvorum.api.ResourceInfo;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Those resources of a catalogue that are served. {@link #all} is the same list for as long as the catalogue's is. */
public final class EnabledResources implements ResourceCatalog {
    private final ResourceCatalog catalog;
    private final Predicate<ResourceInfo> enabled;
    private volatile Seen seen = new Seen(List.of(), List.of());

    private record Seen(List<ResourceInfo> of, List<ResourceInfo> enabled) {}

    public EnabledResources(ResourceCatalog catalog, Predicate<ResourceInfo> enabled) {
        this.catalog = catalog;
        this.enabled = enabled;
    }

    @Override
    public List<ResourceInfo> all() {
        List<ResourceInfo> now = catalog.all();
        Seen last = seen;
        if (last.of != now) {
            last = new Seen(now, now.stream().filter(enabled).toList());
            seen = last;
        }
        return last.enabled;
    }

    @Override
    public Optional<ResourceInfo> byResource(String group, String version, String resource) {
        return catalog.byResource(group, version, resource).filter(enabled);
    }

    @Override
    public Optional<ResourceInfo> byKind(String group, String version, String kind) {
        return catalog.byKind(group, version, kind).filter(enabled);
    }
}
