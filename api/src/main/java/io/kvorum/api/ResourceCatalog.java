package io.kvorum.api;

import java.util.List;
import java.util.Optional;

/** The built-in resources, in discovery order. */
public interface ResourceCatalog {
    List<ResourceInfo> all();

    Optional<ResourceInfo> byResource(String group, String version, String resource);

    Optional<ResourceInfo> byKind(String group, String version, String kind);
}
