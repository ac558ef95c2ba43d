package io.kvorum.controllers.history;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.ControllerRevisionBuilder;
import io.kvorum.api.ApiException;
import io.kvorum.client.Lister;
import io.kvorum.client.OwnerReferences;
import io.kvorum.client.ResourceClient;
import io.kvorum.controllers.loop.ControllerContext;
import io.kvorum.controllers.pods.Claims;
import io.kvorum.controllers.pods.PodControl;
import io.kvorum.controllers.pods.PodTemplateHash;
import io.vertx.core.Future;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Keeps the ControllerRevisions of a kind's objects: the newest holds the template as it is, old ones are limited. */
public final class RevisionHistory<O extends HasMetadata> {
    private final ResourceClient<O> owners;
    private final Kind<O> kind;
    private final ResourceClient<ControllerRevision> revisions;
    private final Lister<ControllerRevision> lister;

    public RevisionHistory(ControllerContext context, Kind<O> kind) {
        this.kind = kind;
        owners = context.client().resources(kind.type());
        revisions = context.client().resources(ControllerRevision.class);
        lister = context.informers().of(ControllerRevision.class).lister();
    }

    /** How to read an owner, and how to count that two of its templates met in one hash. */
    public interface Kind<O> {
        Class<O> type();

        LabelSelector selector(O owner);

        PodTemplateSpec template(O owner);

        @Nullable
        Integer limit(O owner);

        @Nullable
        Integer collisions(O owner);

        /** The same object with another {@code status.collisionCount}. */
        O withCollisions(O owner, int count);

        /** The label that carries the hash of a revision. */
        String hashLabel();
    }

    /**
     * The history after it was brought up to date.
     *
     * @param old oldest first
     */
    public record History(ControllerRevision current, List<ControllerRevision> old) {}

    public Future<History> sync(O owner) {
        return Claims.claim(
                        owners,
                        owner,
                        kind.selector(owner),
                        revisions,
                        lister.inNamespace(owner.getMetadata().getNamespace()),
                        null)
                .compose(mine -> advance(owner, mine));
    }

    private Future<History> advance(O owner, List<ControllerRevision> mine) {
        PodTemplateSpec template = kind.template(owner);
        Comparator<ControllerRevision> byNumber = Comparator.comparingLong(ControllerRevision::getRevision);
        @Nullable
        ControllerRevision current = mine.stream()
                .filter(each -> TemplateRevisions.holds(each, template))
                .max(byNumber)
                .orElse(null);
        List<ControllerRevision> old =
                mine.stream().filter(each -> each != current).sorted(byNumber).toList();
        long next = old.isEmpty() ? 1 : old.get(old.size() - 1).getRevision() + 1;
        if (current == null) {
            return create(owner, next).map(created -> new History(created, old));
        }
        if (current.getRevision() >= next) {
            return Future.succeededFuture(new History(current, old));
        }
        // A template of before is back: its revision becomes the newest.
        return revisions
                .update(new ControllerRevisionBuilder(current)
                        .withRevision(next)
                        .build())
                .map(renewed -> new History(renewed, old));
    }

    private Future<ControllerRevision> create(O owner, long number) {
        PodTemplateSpec template = kind.template(owner);
        @Nullable Integer collisions = kind.collisions(owner);
        ControllerRevision wanted = TemplateRevisions.of(
                owner, template, kind.hashLabel(), PodTemplateHash.of(template, collisions), number);
        return revisions.create(wanted).recover(cause -> {
            if (!(cause instanceof ApiException no && no.alreadyExists())) {
                return Future.failedFuture(cause);
            }
            return revisions
                    .get(
                            wanted.getMetadata().getNamespace(),
                            wanted.getMetadata().getName())
                    .compose(found ->
                            OwnerReferences.controlledBy(found, owner) && TemplateRevisions.holds(found, template)
                                    ? Future.succeededFuture(found)
                                    : collided(owner, collisions, cause));
        });
    }

    /** Another template has the same hash: the next try goes with another seed. */
    private Future<ControllerRevision> collided(O owner, @Nullable Integer collisions, Throwable cause) {
        return owners.updateStatus(kind.withCollisions(owner, collisions == null ? 1 : collisions + 1))
                .compose(counted -> Future.failedFuture(cause));
    }

    /** Deletes the oldest revisions beyond {@code spec.revisionHistoryLimit} that are not in use. */
    public Future<Void> limit(O owner, History history, Predicate<ControllerRevision> inUse) {
        @Nullable Integer asked = kind.limit(owner);
        int excess = history.old().size() - (asked == null ? 10 : asked);
        if (excess <= 0) {
            return Future.succeededFuture();
        }
        List<Future<Void>> deletions = history.old().stream()
                .filter(inUse.negate())
                .limit(excess)
                .map(this::delete)
                .toList();
        return deletions.isEmpty()
                ? Future.succeededFuture()
                : Future.join(deletions).mapEmpty();
    }

    private Future<Void> delete(ControllerRevision revision) {
        return revisions
                .delete(
                        revision.getMetadata().getNamespace(),
                        revision.getMetadata().getName(),
                        PodControl.thisVery(revision))
                .recover(cause -> cause instanceof ApiException no && no.notFound()
                        ? Future.succeededFuture()
                        : Future.failedFuture(cause));
    }
}
