package io.kvorum.apiserver.webhook;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ResourceCatalog;
import io.kvorum.api.ResourceInfo;
import io.kvorum.apiserver.registry.Conversion;
import io.kvorum.apiserver.registry.Converter;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/** The versions that the objects of a resource can be had in, and the ways between them. */
final class Versions {
    private final ResourceCatalog catalog;
    private final Converter converter;

    Versions(ResourceCatalog catalog, Converter converter) {
        this.catalog = catalog;
        this.converter = converter;
    }

    /** All of them, the same resource under other groups included. */
    List<ResourceInfo> of(ResourceInfo info) {
        ResourceInfo stored = Conversion.of(info).storedInfo(info, catalog);
        List<ResourceInfo> found = new ArrayList<>();
        for (ResourceInfo each : catalog.all()) {
            boolean named = each.resource().equals(info.resource());
            if (named && same(stored, Conversion.of(each).storedInfo(each, catalog))) {
                found.add(each);
            }
        }
        return found;
    }

    private static boolean same(ResourceInfo one, ResourceInfo other) {
        return one.group().equals(other.group()) && one.resource().equals(other.resource());
    }

    /** The object in another version; what is given may be used for it. */
    Future<ObjectNode> convert(ObjectNode object, ResourceInfo from, ResourceInfo to) {
        if (from.apiVersion().equals(to.apiVersion())) {
            return Future.succeededFuture(object);
        }
        Conversion source = Conversion.of(from);
        Conversion target = Conversion.of(to);
        // Built-in objects are admitted as they are stored, custom ones as they are spoken; both ways lead by the
        // store's.
        ObjectNode admitted = source.toStored(object);
        return source.prepareStore(converter, admitted).compose(ready -> {
            ObjectNode stored = source.beforeStore(admitted).deepCopy();
            return target.prepare(converter, List.of(stored)).map(prepared -> target.toWire(stored));
        });
    }
}
