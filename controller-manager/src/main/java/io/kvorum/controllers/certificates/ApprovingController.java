package io.kvorum.controllers.certificates;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestSpec;
import io.kvorum.client.ApiClient;
import io.kvorum.controllers.loop.ControllerContext;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Approves requests for the client certificates of kubelets, for those who may create {@code
 * certificatesigningrequests/selfnodeclient} or {@code .../nodeclient}.
 */
public final class ApprovingController extends RequestLoop {
    private static final String GROUP = "certificates.k8s.io";
    private static final String KIND = "certificatesigningrequests";
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ApiClient client;

    public ApprovingController(ControllerContext context) {
        super(context, "certificatesigningrequest-approving-controller");
        client = context.client();
    }

    @Override
    Future<Result> handle(CertificateSigningRequest request) {
        boolean decided = Conditions.has(request, Conditions.APPROVED) || Conditions.has(request, Conditions.DENIED);
        if (decided
                || Conditions.signed(request)
                || Signer.of(request.getSpec().getSignerName()) != Signer.KUBELET_CLIENT) {
            return Future.succeededFuture(Result.done());
        }
        RequestedCertificate wanted;
        try {
            wanted = RequestedCertificate.parse(request.getSpec().getRequest());
        } catch (IOException e) {
            return Future.failedFuture(e);
        }
        if (Signer.KUBELET_CLIENT.objection(wanted, request.getSpec().getUsages()) != null) {
            return Future.succeededFuture(Result.done());
        }
        boolean self = wanted.commonName().equals(request.getSpec().getUsername());
        Future<Boolean> asItself = self ? may(request.getSpec(), "selfnodeclient") : Future.succeededFuture(false);
        return asItself.compose(yes -> yes
                ? approve(request, "Auto approving self kubelet client certificate after SubjectAccessReview.")
                : may(request.getSpec(), "nodeclient")
                        .compose(other -> other
                                ? approve(
                                        request, "Auto approving kubelet client certificate after SubjectAccessReview.")
                                : Future.succeededFuture(Result.done())));
    }

    private Future<Boolean> may(CertificateSigningRequestSpec spec, String subresource) {
        ObjectNode review = JSON.createObjectNode();
        review.put("kind", "SubjectAccessReview").put("apiVersion", "authorization.k8s.io/v1");
        ObjectNode asked = review.putObject("spec");
        asked.put("user", spec.getUsername());
        if (spec.getUid() != null) {
            asked.put("uid", spec.getUid());
        }
        orEmpty(spec.getGroups()).forEach(asked.putArray("groups")::add);
        if (spec.getExtra() != null) {
            asked.set("extra", JSON.valueToTree(spec.getExtra()));
        }
        asked.putObject("resourceAttributes")
                .put("verb", "create")
                .put("group", GROUP)
                .put("resource", KIND)
                .put("subresource", subresource);
        return client.raw(
                        "POST",
                        "/apis/authorization.k8s.io/v1/subjectaccessreviews",
                        "application/json",
                        Buffer.buffer(review.toString()),
                        TIMEOUT)
                .map(answer -> tree(answer).path("status").path("allowed").asBoolean());
    }

    private static JsonNode tree(Buffer json) {
        try {
            return JSON.readTree(json.getBytes());
        } catch (IOException e) {
            throw new IllegalStateException("the API server answered something else than JSON", e);
        }
    }

    private Future<Result> approve(CertificateSigningRequest request, String message) {
        CertificateSigningRequest next = new CertificateSigningRequestBuilder(request)
                .editOrNewStatus()
                .addNewCondition()
                .withType(Conditions.APPROVED)
                .withStatus("True")
                .withReason("AutoApproved")
                .withMessage(message)
                .endCondition()
                .endStatus()
                .build();
        String uri =
                "/apis/" + GROUP + "/v1/" + KIND + "/" + request.getMetadata().getName() + "/approval";
        return client.raw(
                        "PUT",
                        uri,
                        "application/json",
                        Buffer.buffer(JSON.valueToTree(next).toString()),
                        TIMEOUT)
                .map(Result.done());
    }

    private static List<String> orEmpty(@Nullable List<String> list) {
        return list == null ? List.of() : list;
    }
}
