package io.kvorum.apiserver.bootstrap;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.apiserver.registry.Registry;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the objects every cluster is born with. What is missing is created at every start; roles and bindings that have
 * lost some of their rules or subjects get them back, unless they say {@code
 * rbac.authorization.kubernetes.io/autoupdate: "false"}. What somebody added stays.
 */
public final class BirthObjects {
    private static final Logger LOG = LoggerFactory.getLogger(BirthObjects.class);
    private static final List<String> NAMESPACES = List.of("default", "kube-system", "kube-public", "kube-node-lease");
    private static final int AT_ONCE = 8;

    private final Registry registry;
    private final WatchCache cache;

    public BirthObjects(Registry registry, WatchCache cache) {
        this.registry = registry;
        this.cache = cache;
    }

    /** The namespaces, without which nothing can be made. */
    public Future<Void> namespaces() {
        List<Future<Void>> made = new ArrayList<>();
        for (String name : NAMESPACES) {
            if (cache.of("core/namespaces").get(name) == null) {
                made.add(create("", "namespaces", object("v1", "Namespace", name)));
            }
        }
        return Future.all(made).mapEmpty();
    }

    /** Everything else: priority classes, RBAC, flow control. */
    public Future<Void> others(BirthDocument document) {
        List<Supplier<Future<Void>>> writes = new ArrayList<>();
        for (BirthDocument.Entry entry : document.entries()) {
            ObjectVersion present = cache.of(entry.stored()).get(entry.path());
            if (present == null) {
                writes.add(() -> create(entry));
            } else if (entry.rbac()) {
                ObjectNode mended = RbacReconciliation.mended(present.tree(), entry.object());
                if (mended != null) {
                    writes.add(() -> replace(entry, mended));
                }
            }
        }
        if (!writes.isEmpty()) {
            LOG.info("making objects of birth count={}", writes.size());
        }
        return from(writes, 0).compose(made -> cache.fresh());
    }

    private Future<Void> from(List<Supplier<Future<Void>>> writes, int from) {
        if (from >= writes.size()) {
            return Future.succeededFuture();
        }
        int to = Math.min(writes.size(), from + AT_ONCE);
        List<Future<Void>> batch = new ArrayList<>();
        writes.subList(from, to).forEach(write -> batch.add(write.get()));
        return Future.all(batch).compose(done -> from(writes, to));
    }

    /** Another API server that starts just now may have done the same. */
    private Future<Void> replace(BirthDocument.Entry entry, ObjectNode mended) {
        return registry.replace(entry.group(), "v1", entry.resource(), mended)
                .recover(cause -> cause instanceof ApiException refused && (refused.conflict() || refused.notFound())
                        ? Future.succeededFuture()
                        : Future.failedFuture(cause));
    }

    private Future<Void> create(BirthDocument.Entry entry) {
        return create(entry.group(), entry.resource(), entry.object().deepCopy());
    }

    private Future<Void> create(String group, String resource, ObjectNode object) {
        return registry.create(group, "v1", resource, object)
                .<Void>mapEmpty()
                .recover(cause -> cause instanceof ApiException refused && refused.alreadyExists()
                        ? Future.succeededFuture()
                        : Future.failedFuture(cause));
    }

    static ObjectNode object(String apiVersion, String kind, String name) {
        ObjectNode object = ObjectJson.object();
        object.put("apiVersion", apiVersion);
        object.put("kind", kind);
        object.putObject("metadata").put("name", name);
        return object;
    }
}
