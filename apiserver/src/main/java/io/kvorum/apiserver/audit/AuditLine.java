package io.kvorum.apiserver.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.apiserver.request.User;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes events as lines of JSON. */
final class AuditLine {
    private static final ObjectMapper MAPPER = new ObjectMapper().disable(SerializationFeature.FLUSH_AFTER_WRITE_VALUE);
    private static final JsonFactory JSON = MAPPER.getFactory();
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private AuditLine() {}

    static void write(AuditEvent event, OutputStream out) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
            json.writeStartObject();
            json.writeStringField("kind", "Event");
            json.writeStringField("apiVersion", "audit.k8s.io/v1");
            json.writeStringField("level", event.content().level().text());
            json.writeStringField("auditID", event.id());
            json.writeStringField("stage", event.stage());
            json.writeStringField("requestURI", event.uri());
            json.writeStringField("verb", event.info().verb());
            user(json, "user", event.user());
            if (event.impersonated() != null) {
                user(json, "impersonatedUser", event.impersonated());
            }
            if (!event.source().isEmpty()) {
                texts(json, "sourceIPs", List.of(event.source()));
            }
            present(json, "userAgent", event.userAgent());
            object(json, event.info());
            if (event.code() > 0) {
                status(json, event);
            }
            content(
                    json,
                    "requestObject",
                    event.content().request(),
                    event.content().withoutManagers());
            content(
                    json,
                    "responseObject",
                    event.content().response(),
                    event.content().withoutManagers());
            json.writeStringField("requestReceivedTimestamp", time(event.received()));
            json.writeStringField("stageTimestamp", time(event.staged()));
            if (event.allowed() != null) {
                json.writeObjectFieldStart("annotations");
                json.writeStringField("authorization.k8s.io/decision", event.allowed() ? "allow" : "forbid");
                json.writeStringField("authorization.k8s.io/reason", event.decisionReason());
                for (Map.Entry<String, String> annotation : event.annotations().entrySet()) {
                    json.writeStringField(annotation.getKey(), annotation.getValue());
                }
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        out.write('\n');
    }

    /** What is no JSON is left out: its sender was told so. */
    private static void content(JsonGenerator json, String field, Buffer body, boolean withoutManagers)
            throws IOException {
        if (body.length() == 0) {
            return;
        }
        JsonNode tree;
        try {
            tree = MAPPER.readTree(body.getBytes());
        } catch (IOException malformed) {
            return;
        }
        if (withoutManagers) {
            withoutManagers(tree);
            tree.path("items").forEach(AuditLine::withoutManagers);
        }
        json.writeFieldName(field);
        MAPPER.writeTree(json, tree);
    }

    private static void withoutManagers(JsonNode object) {
        if (object.path("metadata") instanceof ObjectNode meta) {
            meta.remove("managedFields");
        }
    }

    private static void user(JsonGenerator json, String field, @Nullable User user) throws IOException {
        json.writeObjectFieldStart(field);
        if (user != null) {
            json.writeStringField("username", user.name());
            present(json, "uid", user.uid());
            texts(json, "groups", user.groups());
            if (!user.extra().isEmpty()) {
                json.writeObjectFieldStart("extra");
                for (Map.Entry<String, List<String>> extra : user.extra().entrySet()) {
                    texts(json, extra.getKey(), extra.getValue());
                }
                json.writeEndObject();
            }
        }
        json.writeEndObject();
    }

    private static void object(JsonGenerator json, RequestInfo info) throws IOException {
        if (!info.resourceRequest()) {
            return;
        }
        json.writeObjectFieldStart("objectRef");
        json.writeStringField("resource", info.resource());
        present(json, "namespace", info.authorizedNamespace());
        present(json, "name", info.name());
        present(json, "apiGroup", info.group());
        json.writeStringField("apiVersion", info.version());
        present(json, "subresource", info.subresource());
        json.writeEndObject();
    }

    private static void status(JsonGenerator json, AuditEvent event) throws IOException {
        json.writeObjectFieldStart("responseStatus");
        json.writeObjectFieldStart("metadata");
        json.writeEndObject();
        if (!event.failure().message().isEmpty()) {
            json.writeStringField("status", "Failure");
            json.writeStringField("message", event.failure().message());
            present(json, "reason", event.failure().reason());
        }
        json.writeNumberField("code", event.code());
        json.writeEndObject();
    }

    private static void texts(JsonGenerator json, String field, List<String> values) throws IOException {
        json.writeArrayFieldStart(field);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
    }

    private static void present(JsonGenerator json, String field, String value) throws IOException {
        if (!value.isEmpty()) {
            json.writeStringField(field, value);
        }
    }

    private static String time(Instant instant) {
        return MICROS.format(instant);
    }
}
