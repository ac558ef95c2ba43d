package io.kvorum.apiserver;

import static io.kvorum.apiserver.GuardedServer.RBAC;
import static io.kvorum.apiserver.GuardedServer.TEAM;
import static io.kvorum.apiserver.GuardedServer.WHO;
import static io.kvorum.apiserver.GuardedServer.made;
import static io.kvorum.apiserver.GuardedServer.rule;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubernetes.client.proto.Meta;
import io.kubernetes.client.proto.Runtime;
import io.kubernetes.client.proto.V1;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rights that might be stretched: names, subresources, roles, bodies that say something else than their paths. */
class AuthBypassRightsComponentTest {
    private static final String SYSTEM = "/api/v1/namespaces/kube-system";

    @TempDir
    Path folder;

    private GuardedServer guarded;

    @BeforeEach
    void start() throws Exception {
        guarded = new GuardedServer(folder);
    }

    @AfterEach
    void stop() throws Exception {
        guarded.close();
    }

    private static String named(String name) {
        return "{\"metadata\":{\"name\":\"" + name + "\"}}";
    }

    /** A secret with its name as what is hidden in it. */
    private static String secret(String name) {
        return "{\"metadata\":{\"name\":\"" + name + "\"},\"data\":{\"hidden\":\"" + hidden(name) + "\"}}";
    }

    private static String hidden(String name) {
        return Base64.getEncoder().encodeToString(("the secret " + name).getBytes(StandardCharsets.UTF_8));
    }

    private int as(String... headers) throws Exception {
        return guarded.bearer("jane-token", headers).post(WHO, "{}").status();
    }

    @Test
    void whoMayBeOneUserMayNotBeItsGroupsUidOrExtras() throws Exception {
        guarded.allowJane(rule("impersonate", "", "users", ",\"resourceNames\":[\"bob\"]"));
        assertThat(as("Impersonate-User", "bob")).isEqualTo(201);
        assertThat(as("impersonate-user", "bob", "IMPERSONATE-GROUP", "system:masters"))
                .isEqualTo(403);
        assertThat(as("Impersonate-User", "bob", "Impersonate-Group", "")).isEqualTo(403);
        assertThat(as("Impersonate-User", "bob", "Impersonate-Uid", "u-1")).isEqualTo(403);
        assertThat(as("Impersonate-User", "bob", "Impersonate-Extra-Scopes", "all"))
                .isEqualTo(403);
        assertThat(as("Impersonate-User", "bob", "Impersonate-Extra-%53copes", "all"))
                .isEqualTo(403);
        assertThat(as("Impersonate-User", "admin")).isEqualTo(403);
        assertThat(as("Impersonate-User", "Bob")).isEqualTo(403);
        assertThat(as("Impersonate-User", "system:serviceaccount:default:bob")).isEqualTo(403);
        assertThat(as("Impersonate-User", "system:anonymous")).isEqualTo(403);
        assertThat(as("Impersonate-Group", "system:masters")).isEqualTo(400);
    }

    @Test
    void whoActsAsAnotherHasItsRightsAndNotItsOwn() throws Exception {
        Http bob = guarded.bearer("admin-token", "Impersonate-User", "bob");
        assertThat(bob.get(TEAM + "/secrets").status()).isEqualTo(403);
        assertThat(bob.post(RBAC + "/clusterroles", "{\"metadata\":{\"name\":\"x\"}}")
                        .status())
                .isEqualTo(403);
    }

    @Test
    void aRightOnANameIsNoneToCreateOthers() {
        guarded.allowJane(rule("create,deletecollection", "", "configmaps", ",\"resourceNames\":[\"mine\"]"));
        made(guarded.admin.post(TEAM + "/configmaps", named("theirs")));
        String path = TEAM + "/configmaps?fieldSelector=metadata.name=mine";
        assertThat(guarded.jane.post(path, named("other")).status()).isEqualTo(403);
        assertThat(guarded.jane.delete(path, "").status()).isEqualTo(403);
        assertThat(guarded.admin.get(TEAM + "/configmaps/other").status()).isEqualTo(404);
    }

    @Test
    void aRightOnANameSeesThatOneOnly() throws Exception {
        guarded.allowJane(rule("get,list,watch", "", "secrets", ",\"resourceNames\":[\"mine\"]"));
        made(guarded.admin.post(TEAM + "/secrets", secret("mine")));
        made(guarded.admin.post(TEAM + "/secrets", secret("theirs")));
        String list = TEAM + "/secrets?fieldSelector=";
        assertThat(guarded.jane.get(list + "metadata.name=mine").json().path("items"))
                .hasSize(1);
        for (String selector : List.of(
                "metadata.name=mine&fieldSelector=metadata.name=theirs",
                "metadata.name=theirs&fieldSelector=metadata.name=mine",
                "metadata.name=mine,metadata.name=theirs",
                "metadata.name%3Dmine%2Cmetadata.name%3Dtheirs",
                "metadata.name!=mine",
                "metadata.name!=theirs,metadata.name=",
                "%20metadata.name=mine",
                "metadata.name=mine%5C,metadata.name=theirs")) {
            Http.Answer answer = guarded.jane.get(list + selector);
            assertThat(answer.text()).as(selector).doesNotContain(hidden("theirs"));
        }
        for (String path : List.of(
                TEAM + "/secrets/mine?watch=1&timeoutSeconds=1&fieldSelector=metadata.name=theirs",
                "/api/v1/watch/namespaces/default/secrets/mine?timeoutSeconds=1&fieldSelector=metadata.name=theirs")) {
            assertThat(guarded.jane.get(path).text()).as(path).doesNotContain(hidden("theirs"));
        }
    }

    @Test
    void aKubeletSeesNoOtherSecretsThanItsPodsUse() throws Exception {
        made(guarded.admin.post(TEAM + "/secrets", secret("used")));
        made(guarded.admin.post(TEAM + "/secrets", secret("other")));
        made(guarded.admin.post(
                TEAM + "/pods",
                "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"nodeName\":\"n1\",\"containers\":[{\"name\":\"c\",\"image\":\"i\"}],"
                        + "\"volumes\":[{\"name\":\"v\",\"secret\":{\"secretName\":\"used\"}}]}}"));
        Http node = new Http(
                guarded.server, guarded.authority.client(guarded.authority.issue("O=system:nodes,CN=system:node:n1")));
        assertThat(node.get(TEAM + "/secrets/used").status()).isEqualTo(200);
        for (String path : List.of(
                "/secrets/other",
                "/secrets",
                "/secrets?fieldSelector=metadata.name=other",
                "/secrets?fieldSelector=metadata.name=used&fieldSelector=metadata.name=other",
                "/secrets?fieldSelector=metadata.name=used,metadata.name=other",
                "/secrets/used?watch=1&timeoutSeconds=1&fieldSelector=metadata.name=other",
                "/secrets/used/../other",
                "/secrets/used%2f..%2fother")) {
            assertThat(node.get(TEAM + path).text()).as(path).doesNotContain(hidden("other"));
        }
        // Neither is a pod that names a secret its own to make.
        assertThat(node.post(
                                TEAM + "/pods",
                                "{\"metadata\":{\"name\":\"q\",\"annotations\":{\"kubernetes.io/config.mirror\":\"x\"}},"
                                        + "\"spec\":{\"nodeName\":\"n1\",\"containers\":[{\"name\":\"c\",\"image\":\"i\"}],"
                                        + "\"volumes\":[{\"name\":\"v\",\"secret\":{\"secretName\":\"other\"}}]}}")
                        .status())
                .isEqualTo(403);
        // Not in the group of nodes, a name alone is none.
        Http name = new Http(guarded.server, guarded.authority.client(guarded.authority.issue("CN=system:node:n1")));
        assertThat(name.get(TEAM + "/secrets/used").status()).isEqualTo(403);
    }

    @Test
    void aSubresourceIsARightOfItsOwn() {
        guarded.allowJane(rule("get,update,patch", "", "pods/status,pods/log", "") + ","
                + rule("create,get", "", "serviceaccounts", "") + ","
                + rule("get,list", "", "pods/ephemeralcontainers", ""));
        made(guarded.admin.post(TEAM + "/serviceaccounts", named("robot")));
        made(guarded.admin.post(
                TEAM + "/pods",
                "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}"));
        assertThat(guarded.jane.get(TEAM + "/pods/p").status()).isEqualTo(403);
        assertThat(guarded.jane.get(TEAM + "/pods/status").status()).isEqualTo(403);
        assertThat(guarded.jane.merge(TEAM + "/pods/p", "{}").status()).isEqualTo(403);
        assertThat(guarded.jane.post(TEAM + "/pods/p/exec?command=a", "").status())
                .isEqualTo(403);
        assertThat(guarded.jane
                        .merge(TEAM + "/pods/p/ephemeralcontainers", "{}")
                        .status())
                .isEqualTo(403);
        assertThat(guarded.jane.post(TEAM + "/pods/p/eviction", "{}").status()).isEqualTo(403);
        assertThat(guarded.jane
                        .post(TEAM + "/serviceaccounts/robot/token", "{\"spec\":{}}")
                        .status())
                .isEqualTo(403);
        Http.Answer status = guarded.jane.merge(
                TEAM + "/pods/p/status",
                "{\"spec\":{\"nodeName\":\"n1\",\"containers\":[{\"name\":\"c\",\"image\":\"evil\"}]},"
                        + "\"metadata\":{\"ownerReferences\":[],\"finalizers\":[\"a/b\"]},\"status\":{\"message\":\"m\"}}");
        assertThat(status.text()).doesNotContain("evil").doesNotContain("nodeName\":\"n1");
    }

    @Test
    void noWayOfWritingARoleGivesMoreThanOneHas() {
        guarded.allowJane(
                rule("*", "rbac.authorization.k8s.io", "roles,clusterroles,rolebindings,clusterrolebindings", "")
                        .replace("\"*\"]", "\"create\",\"update\",\"patch\",\"get\",\"delete\"]"));
        String roles = RBAC + "/namespaces/default/roles";
        String all = "{\"rules\":[" + rule("*", "*", "*", "") + "]}";
        made(guarded.jane.post(roles, named("r")));
        assertThat(guarded.jane.merge(roles + "/r", all).status()).isEqualTo(403);
        assertThat(guarded.jane
                        .put(roles + "/r", all.replaceFirst("\\{", "{\"metadata\":{\"name\":\"r\"},"))
                        .status())
                .isEqualTo(403);
        assertThat(guarded.jane
                        .send(
                                "PATCH",
                                roles + "/r",
                                "[{\"op\":\"add\",\"path\":\"/rules\",\"value\":[" + rule("*", "*", "*", "") + "]}]",
                                "Content-Type",
                                "application/json-patch+json")
                        .status())
                .isEqualTo(403);
        String applied =
                "{\"apiVersion\":\"rbac.authorization.k8s.io/v1\",\"kind\":\"Role\",\"metadata\":{\"name\":\"%s\"},"
                        + all.substring(1);
        for (String name : List.of("r", "new")) {
            assertThat(guarded.jane
                            .send(
                                    "PATCH",
                                    roles + "/" + name + "?fieldManager=m&force=true",
                                    applied.formatted(name),
                                    "Content-Type",
                                    "application/apply-patch+yaml")
                            .status())
                    .isEqualTo(403);
        }
        assertThat(guarded.jane
                        .post(
                                RBAC + "/clusterroles",
                                "{\"metadata\":{\"name\":\"a\",\"labels\":{\"rbac.authorization.k8s.io/aggregate-to-view\":\"true\"}},"
                                        + all.substring(1))
                        .status())
                .isEqualTo(403);
        assertThat(guarded.jane
                        .post(
                                RBAC + "/clusterroles",
                                "{\"metadata\":{\"name\":\"b\"},\"aggregationRule\":{\"clusterRoleSelectors\":[{}]},\"rules\":[]}")
                        .status())
                .isEqualTo(403);
        for (String kind : List.of("rolebindings", "clusterrolebindings")) {
            String path = RBAC + (kind.startsWith("c") ? "/" : "/namespaces/default/") + kind;
            assertThat(guarded.jane
                            .post(
                                    path,
                                    "{\"metadata\":{\"name\":\"b\"},\"roleRef\":{\"apiGroup\":\"rbac.authorization.k8s.io\",\"kind\":\"ClusterRole\",\"name\":\"cluster-admin\"},"
                                            + "\"subjects\":[{\"apiGroup\":\"rbac.authorization.k8s.io\",\"kind\":\"User\",\"name\":\"jane\"}]}")
                            .status())
                    .as(kind)
                    .isEqualTo(403);
        }
    }

    @Test
    void aBodyIsWhatItsPathSays() throws Exception {
        guarded.allowJane(rule("create,update,patch,get", "", "configmaps", ""));
        String maps = TEAM + "/configmaps";
        String elsewhere = "{\"metadata\":{\"name\":\"x\",\"namespace\":\"kube-system\"}}";
        assertThat(guarded.jane.post(maps, elsewhere).status()).isEqualTo(400);
        assertThat(guarded.jane
                        .post(
                                maps,
                                "{\"apiVersion\":\"v1\",\"kind\":\"Secret\","
                                        + named("x").substring(1))
                        .status())
                .isEqualTo(400);
        made(guarded.jane.post(maps, named("x")));
        assertThat(guarded.jane.put(maps + "/x", elsewhere).status()).isEqualTo(400);
        assertThat(guarded.jane.put(maps + "/x", named("y")).status()).isEqualTo(400);
        assertThat(guarded.jane.merge(maps + "/x", elsewhere).status()).isIn(400, 422);
        assertThat(guarded.jane.merge(maps + "/x", named("y")).status()).isIn(400, 422);
        for (String applied : List.of(
                "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\"," + elsewhere.substring(1),
                "{\"apiVersion\":\"v1\",\"kind\":\"Secret\"," + named("x").substring(1),
                "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\"," + named("y").substring(1))) {
            assertThat(guarded.jane
                            .send(
                                    "PATCH",
                                    maps + "/x?fieldManager=m",
                                    applied,
                                    "Content-Type",
                                    "application/apply-patch+yaml")
                            .status())
                    .as(applied)
                    .isBetween(400, 422);
        }
        assertThat(guarded.admin.get(SYSTEM + "/configmaps/x").status()).isEqualTo(404);
        assertThat(guarded.admin.get(maps + "/y").status()).isEqualTo(404);
        assertThat(guarded.admin.get(TEAM + "/secrets/x").status()).isEqualTo(404);
    }

    private int postMessage(String path, String kind, byte[] raw) throws Exception {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(new byte[] {'k', '8', 's', 0});
        body.writeBytes(Runtime.Unknown.newBuilder()
                .setTypeMeta(Runtime.TypeMeta.newBuilder().setApiVersion("v1").setKind(kind))
                .setRaw(com.google.protobuf.ByteString.copyFrom(raw))
                .build()
                .toByteArray());
        HttpRequest request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + guarded.server.port() + path))
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", "application/vnd.kubernetes.protobuf")
                .header("Authorization", "Bearer jane-token")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()))
                .build();
        return HttpClient.newBuilder()
                .sslContext(guarded.authority.client(null))
                .build()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    @Test
    void aMessageIsOfTheKindOfItsPath() throws Exception {
        guarded.allowJane(rule("create", "", "configmaps", ""));
        Meta.ObjectMeta metadata = Meta.ObjectMeta.newBuilder().setName("x").build();
        byte[] secret = V1.Secret.newBuilder().setMetadata(metadata).build().toByteArray();
        assertThat(postMessage(TEAM + "/configmaps", "Secret", secret)).isEqualTo(400);
        Meta.ObjectMeta elsewhere =
                metadata.toBuilder().setNamespace("kube-system").build();
        byte[] map = V1.ConfigMap.newBuilder().setMetadata(elsewhere).build().toByteArray();
        assertThat(postMessage(TEAM + "/configmaps", "ConfigMap", map)).isEqualTo(400);
        assertThat(postMessage(TEAM + "/secrets", "ConfigMap", map)).isEqualTo(403);
        assertThat(guarded.admin.get(TEAM + "/secrets/x").status()).isEqualTo(404);
        assertThat(guarded.admin.get(SYSTEM + "/configmaps/x").status()).isEqualTo(404);
    }
}
