package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.api.BuiltinCatalog;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.ResourceInfo.Subresource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every resource and subresource of the catalogue answers with every verb it is listed with. */
class SubresourcesComponentTest {
    @RegisterExtension
    private final OwnApiServer server = new OwnApiServer();

    private final Http http = server.http();

    private static String root(ResourceInfo info) {
        String api = info.group().isEmpty() ? "/api/" : "/apis/";
        return api + info.apiVersion() + (info.namespaced() ? "/namespaces/default/" : "/") + info.resource();
    }

    @Test
    void noSubresourceIsMissing() {
        List<String> wrong = new ArrayList<>();
        for (ResourceInfo info : BuiltinCatalog.load().all()) {
            for (Subresource sub : info.subresources()) {
                for (String verb : sub.verbs()) {
                    String method = switch (verb) {
                        case "create" -> "POST";
                        case "update" -> "PUT";
                        case "patch" -> "PATCH";
                        case "delete" -> "DELETE";
                        default -> "GET";
                    };
                    String type = verb.equals("patch") ? "application/merge-patch+json" : "application/json";
                    String body = method.equals("GET") || method.equals("DELETE") ? "" : "{}";
                    String path = root(info) + "/none/" + sub.name();
                    Http.Answer answer = http.send(method, path, body, "Content-Type", type);
                    // This server has no key to make tokens with, and says so.
                    boolean keyless = sub.name().equals("token") && answer.status() == 503;
                    if (answer.status() >= 500 && !keyless || answer.status() == 405) {
                        wrong.add(method + " " + path + ": " + answer.status() + " " + answer.text());
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void everyResourceThatIsListedLists() {
        List<String> wrong = new ArrayList<>();
        for (ResourceInfo info : BuiltinCatalog.load().all()) {
            if (info.verbs().contains("list")) {
                Http.Answer answer = http.get(root(info));
                if (answer.status() != 200) {
                    wrong.add(root(info) + ": " + answer.status() + " " + answer.text());
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void componentsAreHealthyWhileTheyLead() {
        assertThat(http.get("/api/v1/componentstatuses").json().path("items").findValuesAsText("name"))
                .containsExactly("controller-manager", "etcd-0", "scheduler");
        assertThat(http.get("/api/v1/componentstatuses/etcd-0")
                        .json()
                        .at("/conditions/0/message")
                        .asText())
                .isEqualTo("ok");
        assertThat(http.get("/api/v1/componentstatuses/scheduler")
                        .json()
                        .at("/conditions/0/status")
                        .asText())
                .isEqualTo("False");
        assertThat(http.get("/api/v1/componentstatuses/none").status()).isEqualTo(404);
    }
}
