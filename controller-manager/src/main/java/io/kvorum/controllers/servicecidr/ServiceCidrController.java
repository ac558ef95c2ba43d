package io.kvorum.controllers.servicecidr;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.networking.v1.IPAddress;
import io.fabric8.kubernetes.api.model.networking.v1.ServiceCIDR;
import io.fabric8.kubernetes.api.model.networking.v1.ServiceCIDRBuilder;
import io.kvorum.api.ApiException;
import io.kvorum.api.address.CidrText;
import io.kvorum.api.address.IpText;
import io.kvorum.client.Informer;
import io.kvorum.client.Lister;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.ResourceClient;
import io.kvorum.controllers.loop.ControllerContext;
import io.kvorum.controllers.loop.ReconcileLoop;
import io.kvorum.controllers.loop.Timestamps;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The ServiceCIDR controller (KEP-1880): a ServiceCIDR has a finalizer and is Ready; one that is deleted is held back as long
 * as a Service or an IPAddress has an address in it that is in no other, and for ten seconds at least.
 */
public final class ServiceCidrController extends ReconcileLoop<ObjectKey> {
    static final String FINALIZER = "networking.k8s.io/service-cidr-finalizer";
    private static final String READY = "Ready";
    private static final Duration GRACE = Duration.ofSeconds(10);

    /** Who is in its label gave the address out of a ServiceCIDR; others may name what they like. */
    private static final String MANAGED_BY = "ipaddress.kubernetes.io/managed-by";

    private static final String ALLOCATOR = "ipallocator.k8s.io";

    private final ControllerContext context;
    private final ResourceClient<ServiceCIDR> cidrs;
    private final Lister<ServiceCIDR> cidrLister;
    private final Lister<Service> serviceLister;
    private final Lister<IPAddress> addressLister;
    private final Duration grace;

    public ServiceCidrController(ControllerContext context, int concurrency) {
        this(context, concurrency, GRACE);
    }

    ServiceCidrController(ControllerContext context, int concurrency, Duration grace) {
        super(context, "service-cidr-controller", concurrency);
        this.grace = grace;
        this.context = context;
        cidrs = context.client().resources(ServiceCIDR.class);
        Informer<ServiceCIDR> informer = context.informers().of(ServiceCIDR.class);
        Informer<Service> services = context.informers().of(Service.class);
        Informer<IPAddress> addresses = context.informers().of(IPAddress.class);
        cidrLister = informer.lister();
        serviceLister = services.lister();
        addressLister = addresses.lister();
        informer.handler(Informer.Handler.present(cidr -> {
            controller.enqueue(ObjectKey.of(cidr));
            // Addresses of one that goes may be in this one now.
            lookAtThoseThatGo();
        }));
        services.handler(new Freed<>(service -> service.getSpec().getClusterIPs()));
        addresses.handler(new Freed<>(address -> address.getMetadata().getName()));
    }

    private void lookAtThoseThatGo() {
        cidrLister.list().stream()
                .filter(ServiceCidrController::terminating)
                .map(ObjectKey::of)
                .forEach(controller::enqueue);
    }

    /** Who gives its addresses up may have been the last that held a ServiceCIDR back. */
    private final class Freed<T extends HasMetadata> implements Informer.Handler<T> {
        private final Function<T, Object> addresses;

        Freed(Function<T, Object> addresses) {
            this.addresses = addresses;
        }

        @Override
        public void added(T object) {}

        @Override
        public void updated(T before, T after) {
            if (!addresses.apply(before).equals(addresses.apply(after))) {
                lookAtThoseThatGo();
            }
        }

        @Override
        public void deleted(T object) {
            lookAtThoseThatGo();
        }
    }

    @Override
    public Future<Result> reconcile(ObjectKey key) {
        @Nullable ServiceCIDR cidr = cidrLister.get(key);
        if (cidr == null) {
            return Future.succeededFuture(Result.done());
        }
        Future<?> step;
        if (!terminating(cidr)) {
            step = cidr.getMetadata().getFinalizers().contains(FINALIZER)
                    ? status(cidr, true, "", "Kubernetes Service CIDR is ready")
                    : cidrs.update(new ServiceCIDRBuilder(cidr)
                            .editMetadata()
                            .addToFinalizers(FINALIZER)
                            .endMetadata()
                            .build());
        } else if (inUse(cidr)) {
            step = status(
                    cidr,
                    false,
                    "Terminating",
                    "There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new"
                            + " ServiceCIDR");
        } else {
            Duration left = graceLeft(cidr);
            if (left.compareTo(Duration.ZERO) > 0) {
                return Future.succeededFuture(Result.after(left));
            }
            step = cidr.getMetadata().getFinalizers().contains(FINALIZER)
                    ? cidrs.update(new ServiceCIDRBuilder(cidr)
                            .editMetadata()
                            .removeFromFinalizers(FINALIZER)
                            .endMetadata()
                            .build())
                    : Future.succeededFuture();
        }
        return step.map(Result.done())
                .recover(cause -> cause instanceof ApiException no && no.notFound()
                        ? Future.succeededFuture(Result.done())
                        : Future.failedFuture(cause));
    }

    /** For a while addresses may still be given out of it by API servers that do not know yet that it goes. */
    private Duration graceLeft(ServiceCIDR cidr) {
        Instant deleted = Instant.parse(cidr.getMetadata().getDeletionTimestamp());
        return Duration.between(context.clock().instant(), deleted.plus(grace));
    }

    private static boolean terminating(ServiceCIDR cidr) {
        return cidr.getMetadata().getDeletionTimestamp() != null;
    }

    private Future<?> status(ServiceCIDR cidr, boolean ready, String reason, String message) {
        List<Condition> before =
                cidr.getStatus() == null ? List.of() : cidr.getStatus().getConditions();
        String wanted = ready ? "True" : "False";
        if (before.stream().anyMatch(each -> READY.equals(each.getType()) && wanted.equals(each.getStatus()))) {
            return Future.succeededFuture();
        }
        List<Condition> after = new ArrayList<>(before);
        after.removeIf(each -> READY.equals(each.getType()));
        after.add(new ConditionBuilder()
                .withType(READY)
                .withStatus(wanted)
                .withReason(reason)
                .withMessage(message)
                .withLastTransitionTime(Timestamps.format(context.clock().instant()))
                .build());
        return cidrs.updateStatus(new ServiceCIDRBuilder(cidr)
                .withNewStatus()
                .withConditions(after)
                .endStatus()
                .build());
    }

    private boolean inUse(ServiceCIDR cidr) {
        List<CidrText> own = ranges(cidr).toList();
        List<CidrText> others = cidrLister.list().stream()
                .filter(each -> !terminating(each)
                        && !each.getMetadata()
                                .getName()
                                .equals(cidr.getMetadata().getName()))
                .flatMap(ServiceCidrController::ranges)
                .toList();
        Stream<String> services =
                serviceLister.list().stream().flatMap(service -> service.getSpec().getClusterIPs().stream());
        Stream<String> addresses = addressLister.list().stream()
                .filter(each -> each.getMetadata().getLabels() != null
                        && ALLOCATOR.equals(each.getMetadata().getLabels().get(MANAGED_BY)))
                .map(each -> each.getMetadata().getName());
        return Stream.concat(services, addresses)
                .map(IpText::parse)
                .filter(Objects::nonNull)
                .anyMatch(address -> own.stream().anyMatch(range -> range.contains(address))
                        && others.stream().noneMatch(range -> range.contains(address)));
    }

    private static Stream<CidrText> ranges(ServiceCIDR cidr) {
        return cidr.getSpec().getCidrs().stream().map(CidrText::parse).filter(Objects::nonNull);
    }
}
