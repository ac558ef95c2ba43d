package io.kvorum.apiserver.crd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import io.kvorum.api.custom.CustomType;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.registry.Converter;
import io.kvorum.apiserver.webhook.HookClient;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Asks the webhook of a definition to convert objects: a {@code ConversionReview} of apiextensions.k8s.io/v1 over HTTPS,
 * certified by the {@code caBundle}.
 */
public final class ConversionWebhook implements Converter {
    private static final String API_VERSION = "apiextensions.k8s.io/v1";
    private static final int TIMEOUT_SECONDS = 30;

    private final HookClient hooks;

    public ConversionWebhook(HookClient hooks) {
        this.hooks = hooks;
    }

    @Override
    public Future<List<ObjectNode>> convert(CustomType type, String apiVersion, List<ObjectNode> objects) {
        String what = "conversion webhook for " + type.group() + "/"
                + Tree.text(objects.get(0), "apiVersion").substring(type.group().length() + 1) + ", Kind=" + type.kind()
                + " failed: ";
        String uid = UUID.randomUUID().toString();
        return ask(type, review(uid, apiVersion, objects))
                .map(answer -> read(answer, uid, apiVersion, objects.size()))
                .recover(cause ->
                        Future.failedFuture(new ApiException(500, "InternalError", what + cause.getMessage(), null)));
    }

    private static ObjectNode review(String uid, String apiVersion, List<ObjectNode> objects) {
        ObjectNode review = ObjectJson.object();
        review.put("kind", "ConversionReview").put("apiVersion", API_VERSION);
        ObjectNode request = review.putObject("request");
        request.put("uid", uid).put("desiredAPIVersion", apiVersion);
        ArrayNode all = request.putArray("objects");
        objects.forEach(all::add);
        return review;
    }

    private Future<Buffer> ask(CustomType type, ObjectNode review) {
        JsonNode client = Tree.at(type.definition(), "spec", "conversion", "webhook", "clientConfig");
        return hooks.post("conversion/" + type.definitionName(), client, review, TIMEOUT_SECONDS);
    }

    private static List<ObjectNode> read(Buffer answer, String uid, String apiVersion, int count) {
        JsonNode response =
                ObjectJson.parseAny(answer.toString(StandardCharsets.UTF_8)).path("response");
        if (!Tree.text(response, "uid").equals(uid)) {
            throw new IllegalArgumentException(
                    "expected response.uid=\"" + uid + "\", got \"" + Tree.text(response, "uid") + "\"");
        }
        if (!Tree.text(response, "result", "status").equals("Success")) {
            throw new IllegalArgumentException(Tree.text(response, "result", "message"));
        }
        List<ObjectNode> objects = new ArrayList<>(Tree.objects(response, "convertedObjects"));
        if (objects.size() != count) {
            throw new IllegalArgumentException("webhook returned " + objects.size() + " objects, expected " + count);
        }
        for (ObjectNode object : objects) {
            if (!Tree.text(object, "apiVersion").equals(apiVersion)) {
                throw new IllegalArgumentException("returned invalid converted object: invalid apiVersion "
                        + Tree.text(object, "apiVersion") + ", expected " + apiVersion);
            }
        }
        return objects;
    }
}
