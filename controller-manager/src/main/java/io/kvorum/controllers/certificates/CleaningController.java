package io.kvorum.controllers.certificates;

import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestCondition;
import io.kvorum.controllers.loop.ControllerContext;
import io.kvorum.controllers.loop.Timestamps;
import io.vertx.core.Future;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

/** Deletes requests that are done with: an hour after they were decided, a day after they were made, or with their certificate. */
public final class CleaningController extends RequestLoop {
    static final Duration DECIDED = Duration.ofHours(1);
    static final Duration PENDING = Duration.ofHours(24);

    private final Clock clock;

    public CleaningController(ControllerContext context) {
        super(context, "certificatesigningrequest-cleaner-controller");
        clock = context.clock();
    }

    @Override
    Future<Result> handle(CertificateSigningRequest request) {
        Duration left = Duration.between(clock.instant(), end(request));
        if (left.isNegative() || left.isZero()) {
            return requests.delete(
                            null,
                            request.getMetadata().getName(),
                            new DeleteOptionsBuilder()
                                    .withNewPreconditions()
                                    .withUid(request.getMetadata().getUid())
                                    .endPreconditions()
                                    .build())
                    .map(Result.done());
        }
        return Future.succeededFuture(Result.after(left));
    }

    /** From when on nobody needs the request. */
    static Instant end(CertificateSigningRequest request) {
        Instant end = Instant.MAX;
        boolean decided = false;
        for (CertificateSigningRequestCondition condition : Conditions.of(request)) {
            // An approved request that nobody has signed yet waits like one that is not decided.
            boolean counts = switch (condition.getType()) {
                case Conditions.DENIED, Conditions.FAILED -> true;
                case Conditions.APPROVED -> Conditions.signed(request);
                default -> false;
            };
            if (counts) {
                decided = true;
                Instant at = Timestamps.parse(condition.getLastUpdateTime()).plus(DECIDED);
                end = at.isBefore(end) ? at : end;
            }
        }
        if (!decided) {
            end = Timestamps.parse(request.getMetadata().getCreationTimestamp()).plus(PENDING);
        }
        Instant expiry = expiry(request);
        return expiry.isBefore(end) ? expiry : end;
    }

    private static Instant expiry(CertificateSigningRequest request) {
        if (!Conditions.signed(request)) {
            return Instant.MAX;
        }
        byte[] pem = Base64.getMimeDecoder().decode(request.getStatus().getCertificate());
        try {
            return ((X509Certificate)
                            CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem)))
                    .getNotAfter()
                    .toInstant();
        } catch (CertificateException foreign) {
            // Another signer's business; the other limits hold.
            return Instant.MAX;
        }
    }
}
