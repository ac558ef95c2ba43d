package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.apiserver.ApiServerConfig.AuthorizationMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is let in and who may, with Node and RBAC, over HTTPS. */
class AuthComponentTest {
    private static final String WHO = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1";
    private static final String TEAM = "/api/v1/namespaces/default";

    @TempDir
    Path folder;

    private final TestAuthority authority = new TestAuthority("CN=ours");
    private TestApiServer server;
    private Http admin;
    private Http jane;

    @BeforeEach
    void start() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair keys = generator.generateKeyPair();
        Path signing = TestAuthority.pem(
                folder, "sa.key", "PRIVATE KEY", keys.getPrivate().getEncoded());
        Path verifying = TestAuthority.pem(
                folder, "sa.pub", "PUBLIC KEY", keys.getPublic().getEncoded());
        Path tokens = Files.writeString(
                folder.resolve("tokens.csv"),
                "admin-token,admin,u-1,\"system:masters\"\njane-token,jane,u-2,\"devs,testers\"\n");
        List<String> issuers = List.of("https://kubernetes.default.svc.cluster.local");
        ApiServerConfig.Auth auth = TestApiServer.auth(
                false,
                List.of(AuthorizationMode.NODE, AuthorizationMode.RBAC),
                tokens,
                List.of(verifying),
                signing,
                issuers,
                issuers);
        server = TestApiServer.start(0, authority.serving(folder), auth);
        admin = bearer("admin-token");
        jane = bearer("jane-token");
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private Http bearer(String token, String... more) throws Exception {
        List<String> headers = new ArrayList<>(List.of("Authorization", "Bearer " + token));
        headers.addAll(List.of(more));
        return new Http(server, authority.client(null), headers.toArray(String[]::new));
    }

    private Http node(String name) throws Exception {
        return new Http(server, authority.client(authority.issue("O=system:nodes,CN=system:node:" + name)));
    }

    private static JsonNode user(Http http) {
        Http.Answer answer = http.post(WHO, "{}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer.json().path("status").path("userInfo");
    }

    private static void made(Http.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    }

    private static String message(Http.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(403);
        return answer.json().path("message").asText();
    }

    private static String role(String name, String verbs, String groups, String resources) {
        return "{\"metadata\":{\"name\":\"" + name + "\"},\"rules\":[{\"verbs\":[" + verbs + "],\"apiGroups\":["
                + groups + "],\"resources\":[" + resources + "]}]}";
    }

    private static String binding(String name, String kind, String role, String user) {
        return "{\"metadata\":{\"name\":\"" + name
                + "\"},\"roleRef\":{\"apiGroup\":\"rbac.authorization.k8s.io\",\"kind\":\"" + kind + "\",\"name\":\""
                + role
                + "\"},\"subjects\":[{\"apiGroup\":\"rbac.authorization.k8s.io\",\"kind\":\"User\",\"name\":\"" + user
                + "\"}]}";
    }

    // ---- who

    @Test
    void aStaticTokenNamesItsUser() {
        JsonNode user = user(jane);
        assertThat(user.path("username").asText()).isEqualTo("jane");
        assertThat(user.path("uid").asText()).isEqualTo("u-2");
        assertThat(user.path("groups").toString()).isEqualTo("[\"devs\",\"testers\",\"system:authenticated\"]");
    }

    @Test
    void withoutAGoodCredentialOnlyHealthIsTold() throws Exception {
        Http nobody = new Http(server, authority.client(null));
        assertThat(nobody.get("/healthz").status()).isEqualTo(200);
        assertThat(nobody.get("/livez").status()).isEqualTo(200);
        assertThat(nobody.get("/version").status()).isEqualTo(401);
        assertThat(nobody.get("/api/v1/pods").status()).isEqualTo(401);
        Http.Answer wrong = bearer("guessed").get("/healthz");
        assertThat(wrong.status()).isEqualTo(401);
        assertThat(wrong.json().path("reason").asText()).isEqualTo("Unauthorized");
    }

    @Test
    void oldKubectlAsksWhoItIsUnderOldVersions() {
        for (String version : List.of("v1alpha1", "v1beta1")) {
            Http.Answer answer = jane.post(
                    "/apis/authentication.k8s.io/" + version + "/selfsubjectreviews",
                    "{\"apiVersion\":\"authentication.k8s.io/" + version + "\",\"kind\":\"SelfSubjectReview\"}");
            made(answer);
            assertThat(answer.json().path("apiVersion").asText()).isEqualTo("authentication.k8s.io/" + version);
            assertThat(answer.json().at("/status/userInfo/username").asText()).isEqualTo("jane");
        }
    }

    @Test
    void impersonationNeedsTheRight() throws Exception {
        JsonNode user = user(bearer(
                "admin-token",
                "Impersonate-User",
                "bob",
                "Impersonate-Group",
                "devs",
                "Impersonate-Uid",
                "7",
                "Impersonate-Extra-Reason",
                "test"));
        assertThat(user.toString())
                .isEqualTo(
                        "{\"username\":\"bob\",\"uid\":\"7\",\"groups\":[\"devs\",\"system:authenticated\"],\"extra\":{\"reason\":[\"test\"]}}");
        JsonNode account = user(bearer("admin-token", "Impersonate-User", "system:serviceaccount:team:robot"));
        assertThat(account.path("groups").toString())
                .isEqualTo("[\"system:serviceaccounts\",\"system:serviceaccounts:team\",\"system:authenticated\"]");
        assertThat(message(bearer("jane-token", "Impersonate-User", "bob").post(WHO, "{}")))
                .isEqualTo(
                        "users \"bob\" is forbidden: User \"jane\" cannot impersonate resource \"users\" in API group"
                                + " \"\" at the cluster scope");
        assertThat(bearer("admin-token", "Impersonate-Group", "devs")
                        .post(WHO, "{}")
                        .status())
                .isEqualTo(400);
    }

    // ---- may

    @Test
    void rightsCountAsSoonAsTheyAreGivenAndNoLonger() {
        assertThat(message(jane.get(TEAM + "/pods")))
                .isEqualTo("pods is forbidden: User \"jane\" cannot list resource \"pods\" in API group \"\" in the"
                        + " namespace \"default\"");
        assertThat(message(jane.get("/api/v1/nodes/n")))
                .isEqualTo("nodes \"n\" is forbidden: User \"jane\" cannot get resource \"nodes\" in API group \"\" at"
                        + " the cluster scope");
        assertThat(message(jane.get("/metrics"))).isEqualTo("forbidden: User \"jane\" cannot get path \"/metrics\"");
        made(admin.post(RBAC + "/namespaces/default/rolebindings", binding("b", "ClusterRole", "view", "jane")));
        assertThat(jane.get(TEAM + "/pods").status()).isEqualTo(200);
        assertThat(jane.get("/api/v1/namespaces/kube-system/pods").status()).isEqualTo(403);
        assertThat(jane.get(TEAM + "/secrets").status()).isEqualTo(403);
        assertThat(admin.delete(RBAC + "/namespaces/default/rolebindings/b", "").status())
                .isEqualTo(200);
        assertThat(jane.get(TEAM + "/pods").status()).isEqualTo(403);
    }

    @Test
    void nobodyGivesAwayWhatItHasNot() {
        made(admin.post(RBAC + "/namespaces/default/rolebindings", binding("b", "ClusterRole", "admin", "jane")));
        String roles = RBAC + "/namespaces/default/roles";
        made(jane.post(roles, role("reader", "\"get\"", "\"\"", "\"pods\"")));
        assertThat(message(jane.post(roles, role("quotas", "\"create\",\"get\"", "\"\"", "\"resourcequotas\""))))
                .isEqualTo("roles.rbac.authorization.k8s.io \"quotas\" is forbidden: user \"jane\" (groups=[\"devs\""
                        + " \"testers\" \"system:authenticated\"]) is attempting to grant RBAC permissions not"
                        + " currently held:\n"
                        + "{APIGroups:[\"\"], Resources:[\"resourcequotas\"], Verbs:[\"create\"]}");
        String bindings = RBAC + "/namespaces/default/rolebindings";
        made(jane.post(bindings, binding("reader", "Role", "reader", "joe")));
        assertThat(message(jane.post(bindings, binding("all", "ClusterRole", "cluster-admin", "jane"))))
                .contains("is attempting to grant RBAC permissions not currently held:\n{APIGroups:[\"*\"]");
        assertThat(jane.post(bindings, binding("none", "ClusterRole", "no-such", "jane"))
                        .status())
                .isEqualTo(404);
        made(
                admin.post(
                        RBAC + "/clusterroles",
                        "{\"metadata\":{\"name\":\"giver\"},\"rules\":[{\"verbs\":[\"bind\"],\"apiGroups\":[\"rbac.authorization.k8s.io\"],\"resources\":[\"clusterroles\"],\"resourceNames\":[\"cluster-admin\"]},"
                                + "{\"verbs\":[\"escalate\"],\"apiGroups\":[\"rbac.authorization.k8s.io\"],\"resources\":[\"roles\"]}]}"));
        made(admin.post(bindings, binding("giver", "ClusterRole", "giver", "jane")));
        made(jane.post(bindings, binding("all", "ClusterRole", "cluster-admin", "joe")));
        made(jane.post(roles, role("quotas", "\"create\"", "\"\"", "\"resourcequotas\"")));
    }

    @Test
    void theRoleOfABindingCannotBeChanged() {
        String bindings = RBAC + "/namespaces/default/rolebindings";
        made(admin.post(bindings, binding("b", "ClusterRole", "view", "jane")));
        Http.Answer answer = admin.put(bindings + "/b", binding("b", "ClusterRole", "edit", "jane"));
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text()).contains("cannot change roleRef");
    }

    @Test
    void questionsAboutRightsAreAnswered() {
        made(admin.post(RBAC + "/namespaces/default/rolebindings", binding("b", "ClusterRole", "view", "jane")));
        String spec =
                "{\"spec\":{\"user\":\"jane\",\"resourceAttributes\":{\"namespace\":\"default\",\"verb\":\"%s\",\"resource\":\"pods\"}}}";
        String reviews = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
        JsonNode yes = admin.post(reviews, spec.formatted("list")).json().path("status");
        assertThat(yes.path("allowed").asBoolean()).isTrue();
        assertThat(yes.path("reason").asText())
                .isEqualTo("RBAC: allowed by RoleBinding \"default/b\" of ClusterRole \"view\" to User \"jane\"");
        assertThat(admin.post(reviews, spec.formatted("create"))
                        .json()
                        .at("/status/allowed")
                        .asBoolean())
                .isFalse();
        assertThat(jane.post(reviews, spec.formatted("list")).status()).isEqualTo(403);
        assertThat(admin.post(reviews, "{\"spec\":{}}").json().path("message").asText())
                .isEqualTo("SubjectAccessReview.authorization.k8s.io \"\" is invalid: [spec.resourceAttributes: Invalid"
                        + " value: \"null\": exactly one of nonResourceAttributes or resourceAttributes must be specified,"
                        + " spec.user: Invalid value: \"\": at least one of user or group must be specified]");
        assertThat(admin.post(
                                "/apis/authorization.k8s.io/v1/namespaces/default/localsubjectaccessreviews",
                                "{\"metadata\":{\"namespace\":\"other\"},"
                                        + spec.formatted("list").substring(1))
                        .text())
                .contains("the namespace of the provided object does not match the namespace sent on the request");
        JsonNode rules = jane.post(
                        "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
                        "{\"spec\":{\"namespace\":\"default\"}}")
                .json()
                .path("status");
        assertThat(rules.path("incomplete").asBoolean()).isFalse();
        assertThat(rules.path("resourceRules").toString())
                .contains("selfsubjectaccessreviews")
                .contains("pods/log");
    }

    // ---- tokens of service accounts

    private String account(String name) {
        made(admin.post(TEAM + "/serviceaccounts", "{\"metadata\":{\"name\":\"" + name + "\"}}"));
        return name;
    }

    private Http.Answer request(Http as, String account, String spec) {
        return as.post(TEAM + "/serviceaccounts/" + account + "/token", "{\"spec\":{" + spec + "}}");
    }

    private String token(String account, String spec) {
        Http.Answer answer = request(admin, account, spec);
        made(answer);
        return answer.json().at("/status/token").asText();
    }

    private JsonNode pod(String name, String account, String node, String secret) {
        String volumes = secret.isEmpty()
                ? ""
                : ",\"volumes\":[{\"name\":\"s\",\"secret\":{\"secretName\":\"" + secret + "\"}}]";
        Http.Answer answer = admin.post(
                TEAM + "/pods",
                "{\"metadata\":{\"name\":\"" + name + "\"},\"spec\":{\"serviceAccountName\":\"" + account
                        + "\",\"nodeName\":\"" + node
                        + "\",\"terminationGracePeriodSeconds\":0,\"containers\":[{\"name\":\"c\",\"image\":\"pause\"}]"
                        + volumes + "}}");
        made(answer);
        return answer.json();
    }

    @Test
    void aTokenSpeaksForItsAccountUntilThatIsGone() throws Exception {
        Http robot = bearer(token(account("robot"), ""));
        JsonNode user = user(robot);
        assertThat(user.path("username").asText()).isEqualTo("system:serviceaccount:default:robot");
        assertThat(user.path("groups").toString())
                .isEqualTo("[\"system:serviceaccounts\",\"system:serviceaccounts:default\",\"system:authenticated\"]");
        assertThat(robot.get(TEAM + "/pods").status()).isEqualTo(403);
        made(
                admin.post(
                        RBAC + "/namespaces/default/rolebindings",
                        "{\"metadata\":{\"name\":\"b\"},\"roleRef\":{\"apiGroup\":\"rbac.authorization.k8s.io\",\"kind\":\"ClusterRole\",\"name\":\"view\"},\"subjects\":[{\"kind\":\"ServiceAccount\",\"name\":\"robot\",\"namespace\":\"default\"}]}"));
        assertThat(robot.get(TEAM + "/pods").status()).isEqualTo(200);
        admin.delete(TEAM + "/serviceaccounts/robot", "");
        account("robot");
        assertThat(robot.get(TEAM + "/pods").status()).isEqualTo(401);
    }

    @Test
    void aTokenBoundToAPodEndsWithIt() throws Exception {
        account("robot");
        String uid = pod("p", "robot", "", "").at("/metadata/uid").asText();
        String bound =
                "\"boundObjectRef\":{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"name\":\"p\",\"uid\":\"" + uid + "\"}";
        Http robot = bearer(token("robot", bound));
        assertThat(user(robot)
                        .at("/extra/authentication.kubernetes.io~1pod-name/0")
                        .asText())
                .isEqualTo("p");
        assertThat(request(admin, "robot", bound.replace(uid, "other")).status())
                .isEqualTo(409);
        assertThat(request(admin, "default", bound).status()).isEqualTo(400);
        admin.delete(TEAM + "/pods/p", "");
        assertThat(robot.post(WHO, "{}").status()).isEqualTo(401);
    }

    @Test
    void aTokenForOthersIsNotForTheApiServer() throws Exception {
        String token = token(account("robot"), "\"audiences\":[\"vault\"]");
        assertThat(bearer(token).post(WHO, "{}").status()).isEqualTo(401);
        String reviews = "/apis/authentication.k8s.io/v1/tokenreviews";
        String spec = "{\"spec\":{\"token\":\"" + token + "\"%s}}";
        JsonNode vault = admin.post(reviews, spec.formatted(",\"audiences\":[\"vault\",\"x\"]"))
                .json()
                .path("status");
        assertThat(vault.path("authenticated").asBoolean()).isTrue();
        assertThat(vault.path("audiences").toString()).isEqualTo("[\"vault\"]");
        assertThat(vault.at("/user/username").asText()).isEqualTo("system:serviceaccount:default:robot");
        JsonNode own = admin.post(reviews, spec.formatted("")).json().path("status");
        assertThat(own.path("authenticated").asBoolean()).isFalse();
        assertThat(own.path("error").asText()).isNotEmpty();
    }

    @Test
    void aForgedTokenIsRefused() throws Exception {
        String token = token(account("robot"), "");
        String[] parts = token.split("\\.");
        String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8)
                .replace("default:robot", "kube-system:root");
        String forged = parts[0] + "."
                + Base64.getUrlEncoder().withoutPadding().encodeToString(claims.getBytes(StandardCharsets.UTF_8)) + "."
                + parts[2];
        assertThat(bearer(forged).post(WHO, "{}").status()).isEqualTo(401);
        String none = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8));
        assertThat(bearer(none + "." + parts[1] + ".").post(WHO, "{}").status()).isEqualTo(401);
    }

    @Test
    void tokensAreForTenMinutesAtLeast() {
        Http.Answer answer = request(admin, account("robot"), "\"expirationSeconds\":500");
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text()).contains("may not specify a duration less than 10 minutes");
    }

    @Test
    void aTokenSecretIsFilledAndEndsWithTheSecret() throws Exception {
        account("robot");
        made(
                admin.post(
                        TEAM + "/secrets",
                        "{\"metadata\":{\"name\":\"s\",\"annotations\":{\"kubernetes.io/service-account.name\":\"robot\"}},\"type\":\"kubernetes.io/service-account-token\"}"));
        String data = "";
        try (Http.Watch watch = admin.watch(TEAM + "/secrets?watch=true&fieldSelector=metadata.name%3Ds")) {
            while (data.isEmpty()) {
                data = watch.next().at("/object/data/token").asText();
            }
        }
        Http robot = bearer(new String(Base64.getDecoder().decode(data), StandardCharsets.US_ASCII));
        assertThat(user(robot).path("username").asText()).isEqualTo("system:serviceaccount:default:robot");
        admin.delete(TEAM + "/secrets/s", "");
        assertThat(robot.post(WHO, "{}").status()).isEqualTo(401);
    }

    @Test
    void podsGetTheTokenOfTheirAccountMounted() {
        account("robot");
        JsonNode spec = pod("p", "robot", "", "").path("spec");
        assertThat(spec.at("/volumes/0/name").asText()).matches("kube-api-access-[a-z0-9]{5}");
        assertThat(spec.at("/volumes/0/projected/sources/0/serviceAccountToken/expirationSeconds")
                        .asInt())
                .isEqualTo(3607);
        assertThat(spec.at("/containers/0/volumeMounts/0/mountPath").asText())
                .isEqualTo("/var/run/secrets/kubernetes.io/serviceaccount");
        assertThat(pod("q", "default", "", "").at("/spec/volumes").isMissingNode())
                .isTrue();
        Http.Answer unknown = admin.post(
                TEAM + "/pods",
                "{\"metadata\":{\"name\":\"r\"},\"spec\":{\"serviceAccountName\":\"ghost\",\"containers\":[{\"name\":\"c\",\"image\":\"pause\"}]}}");
        assertThat(message(unknown))
                .isEqualTo("pods \"r\" is forbidden: error looking up service account default/ghost: serviceaccount"
                        + " \"ghost\" not found");
    }

    @Test
    void othersCanVerifyTokens() throws Exception {
        Http robot = bearer(token(account("robot"), ""));
        JsonNode discovery = robot.get("/.well-known/openid-configuration").json();
        assertThat(discovery.path("issuer").asText()).isEqualTo("https://kubernetes.default.svc.cluster.local");
        assertThat(discovery.path("jwks_uri").asText()).endsWith("/openid/v1/jwks");
        JsonNode key = robot.get("/openid/v1/jwks").json().at("/keys/0");
        assertThat(key.path("kty").asText()).isEqualTo("EC");
        assertThat(key.path("alg").asText()).isEqualTo("ES256");
        assertThat(key.has("d")).isFalse();
        assertThat(jane.get("/openid/v1/jwks").status()).isEqualTo(403);
    }

    // ---- nodes

    @Test
    void aKubeletReadsWhatItsPodsUseAndNothingElse() throws Exception {
        made(admin.post(TEAM + "/secrets", "{\"metadata\":{\"name\":\"used\"}}"));
        made(admin.post(TEAM + "/secrets", "{\"metadata\":{\"name\":\"other\"}}"));
        pod("p", "default", "node-1", "used");
        Http one = node("node-1");
        Http two = node("node-2");
        assertThat(one.get(TEAM + "/secrets/used").status()).isEqualTo(200);
        assertThat(message(two.get(TEAM + "/secrets/used")))
                .isEqualTo(
                        "secrets \"used\" is forbidden: User \"system:node:node-2\" cannot get resource \"secrets\" in"
                                + " API group \"\" in the namespace \"default\": no relationship found between node"
                                + " 'node-2' and this object");
        assertThat(one.get(TEAM + "/secrets/other").status()).isEqualTo(403);
        assertThat(one.get(TEAM + "/secrets").status()).isEqualTo(403);
        assertThat(one.get("/api/v1/secrets").status()).isEqualTo(403);
        assertThat(one.delete(TEAM + "/secrets/used", "").status()).isEqualTo(403);
        admin.delete(TEAM + "/pods/p", "{\"gracePeriodSeconds\":0}");
        assertThat(one.get(TEAM + "/secrets/used").status()).isEqualTo(403);
    }

    @Test
    void aKubeletWritesOnlyToItsOwn() throws Exception {
        Http one = node("node-1");
        made(one.post("/api/v1/nodes", "{\"metadata\":{\"name\":\"node-1\"}}"));
        assertThat(message(one.post("/api/v1/nodes", "{\"metadata\":{\"name\":\"node-2\"}}")))
                .contains("node \"node-1\" is not allowed to modify node \"node-2\"");
        made(admin.post("/api/v1/nodes", "{\"metadata\":{\"name\":\"node-2\"}}"));
        assertThat(message(one.merge("/api/v1/nodes/node-2/status", "{\"status\":{\"phase\":\"Running\"}}")))
                .contains("is not allowed to modify node \"node-2\"");
        assertThat(message(one.merge(
                        "/api/v1/nodes/node-1",
                        "{\"metadata\":{\"labels\":{\"node-restriction.kubernetes.io/x\":\"y\"}}}")))
                .contains("is not allowed to modify the following labels on itself: node-restriction.kubernetes.io/x");
        assertThat(message(one.merge(
                        "/api/v1/nodes/node-1", "{\"spec\":{\"taints\":[{\"key\":\"a\",\"effect\":\"NoSchedule\"}]}}")))
                .contains("is not allowed to modify taints");
        pod("theirs", "default", "node-2", "");
        pod("ours", "default", "node-1", "");
        String status = "{\"status\":{\"message\":\"x\"}}";
        assertThat(message(one.merge(TEAM + "/pods/theirs/status", status)))
                .contains("can only update pod status for pods with spec.nodeName set to itself");
        assertThat(one.merge(TEAM + "/pods/ours/status", status).status()).isEqualTo(200);
        assertThat(message(one.delete(TEAM + "/pods/theirs", "")))
                .contains("can only delete pods with spec.nodeName set to itself");
        String lease = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";
        made(one.post(lease, "{\"metadata\":{\"name\":\"node-1\"}}"));
        assertThat(one.post(lease, "{\"metadata\":{\"name\":\"node-2\"}}").status())
                .isEqualTo(403);
        assertThat(one.get(lease + "/node-2").status()).isEqualTo(403);
    }

    @Test
    void aKubeletGetsTokensOnlyForItsPods() throws Exception {
        account("robot");
        String uid = pod("p", "robot", "node-1", "").at("/metadata/uid").asText();
        String bound =
                "\"boundObjectRef\":{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"name\":\"p\",\"uid\":\"" + uid + "\"}";
        made(request(node("node-1"), "robot", bound));
        assertThat(message(request(node("node-2"), "robot", bound))).contains("no relationship found");
        assertThat(message(request(node("node-1"), "robot", ""))).contains("node requested token not bound to a pod");
        assertThat(request(node("node-1"), "default", "").status()).isEqualTo(403);
    }
}
