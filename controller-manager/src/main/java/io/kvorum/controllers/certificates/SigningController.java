package io.kvorum.controllers.certificates;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.kvorum.controllers.loop.ControllerContext;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Signs approved requests for the signers of Kubernetes; those that do not keep to the signer's rules fail. */
public final class SigningController extends RequestLoop {
    private static final Duration LEAST_LIFE = Duration.ofMinutes(10);

    private final Map<String, SigningAuthority> authorities;
    private final Duration mostLife;
    private final Clock clock;

    /**
     * @param authorities by the name of the signer; those without one sign nothing
     * @param mostLife of a certificate
     */
    public SigningController(ControllerContext context, Map<String, SigningAuthority> authorities, Duration mostLife) {
        super(context, "certificatesigningrequest-signing-controller");
        this.authorities = Map.copyOf(authorities);
        this.mostLife = mostLife;
        this.clock = context.clock();
    }

    @Override
    Future<Result> handle(CertificateSigningRequest request) {
        @Nullable Signer signer = Signer.of(request.getSpec().getSignerName());
        @Nullable SigningAuthority authority = authorities.get(request.getSpec().getSignerName());
        boolean due = signer != null
                && Conditions.has(request, Conditions.APPROVED)
                && !Conditions.has(request, Conditions.DENIED)
                && !Conditions.has(request, Conditions.FAILED)
                && !Conditions.signed(request);
        if (!due || signer == null || authority == null) {
            return Future.succeededFuture(Result.done());
        }
        CertificateSigningRequest next;
        try {
            RequestedCertificate wanted =
                    RequestedCertificate.parse(request.getSpec().getRequest());
            List<String> usages = request.getSpec().getUsages();
            String objection = signer.objection(wanted, usages);
            next = objection == null
                    ? signed(request, authority.sign(wanted, usages, life(request), clock.instant()))
                    : failed(request, objection);
        } catch (IOException e) {
            return Future.failedFuture(e);
        }
        return requests.updateStatus(next).map(Result.done());
    }

    private Duration life(CertificateSigningRequest request) {
        @Nullable Integer seconds = request.getSpec().getExpirationSeconds();
        if (seconds == null) {
            return mostLife;
        }
        Duration asked = Duration.ofSeconds(seconds);
        Duration bounded = asked.compareTo(mostLife) < 0 ? asked : mostLife;
        return bounded.compareTo(LEAST_LIFE) < 0 ? LEAST_LIFE : bounded;
    }

    private static CertificateSigningRequest signed(CertificateSigningRequest request, byte[] pem) {
        return new CertificateSigningRequestBuilder(request)
                .editOrNewStatus()
                .withCertificate(Base64.getEncoder().encodeToString(pem))
                .endStatus()
                .build();
    }

    private static CertificateSigningRequest failed(CertificateSigningRequest request, String why) {
        return new CertificateSigningRequestBuilder(request)
                .editOrNewStatus()
                .addNewCondition()
                .withType(Conditions.FAILED)
                .withStatus("True")
                .withReason("SignerValidationFailure")
                .withMessage(why)
                .endCondition()
                .endStatus()
                .build();
    }
}
