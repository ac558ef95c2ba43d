package io.kvorum.apiserver;

import static io.kvorum.apiserver.Http.created;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Quotas, limit ranges and default classes at the admission of objects, over HTTP; each test in a namespace of its own. */
class QuotaComponentTest {
    @RegisterExtension
    private static final OwnApiServer server = new OwnApiServer();

    private static final Http http = server.http();

    private static String namespace(String name) {
        created(http.post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"" + name + "\"}}"));
        return "/api/v1/namespaces/" + name;
    }

    private static void refused(Http.Answer answer, String message) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(403);
        assertThat(answer.json().path("reason").asText()).isEqualTo("Forbidden");
        assertThat(answer.json().path("message").asText()).isEqualTo(message);
    }

    /** A quota that the controller has counted. */
    private static void quota(String namespace, String spec, String used) {
        created(http.post(
                namespace + "/resourcequotas", "{\"metadata\":{\"name\":\"q\"},\"spec\":{\"hard\":" + spec + "}}"));
        Http.Answer counted = http.merge(
                namespace + "/resourcequotas/q/status", "{\"status\":{\"hard\":" + spec + ",\"used\":" + used + "}}");
        assertThat(counted.status()).as(counted.text()).isEqualTo(200);
    }

    private static Http.Answer configMap(String namespace, String name) {
        return http.post(namespace + "/configmaps", "{\"metadata\":{\"name\":\"" + name + "\"}}");
    }

    private static Http.Answer pod(String namespace, String name, String resources) {
        return http.post(
                namespace + "/pods",
                "{\"metadata\":{\"name\":\"" + name + "\"},\"spec\":{\"serviceAccountName\":\"default\","
                        + "\"containers\":[{\"name\":\"c\",\"image\":\"nginx\",\"resources\":" + resources + "}]}}");
    }

    private static String used(String namespace, String name) {
        return http.get(namespace + "/resourcequotas/q")
                .json()
                .path("status")
                .path("used")
                .path(name)
                .asText();
    }

    @Test
    void objectsAreChargedUntilTheQuotaIsUsedUp() {
        String ns = namespace("counted");
        quota(ns, "{\"configmaps\":\"2\",\"count/secrets\":\"1\"}", "{\"configmaps\":\"0\",\"count/secrets\":\"0\"}");
        created(configMap(ns, "a"));
        created(configMap(ns, "b"));
        assertThat(used(ns, "configmaps")).isEqualTo("2");
        refused(
                configMap(ns, "c"),
                "configmaps \"c\" is forbidden: exceeded quota: q, requested: configmaps=1, used: configmaps=2,"
                        + " limited: configmaps=2");
        created(http.post(ns + "/secrets", "{\"metadata\":{\"name\":\"s\"}}"));
        assertThat(used(ns, "count/secrets")).isEqualTo("1");
        assertThat(http.post(ns + "/secrets", "{\"metadata\":{\"name\":\"t\"}}").status())
                .isEqualTo(403);
    }

    @Test
    void whatIsResizedIsCharged() {
        String ns = namespace("resized");
        quota(ns, "{\"requests.cpu\":\"1\"}", "{\"requests.cpu\":\"0\"}");
        created(pod(ns, "p", "{\"requests\":{\"cpu\":\"200m\"}}"));
        String size = "{\"spec\":{\"containers\":[{\"name\":\"c\",\"resources\":{\"requests\":{\"cpu\":\"%s\"}}}]}}";
        String resize = ns + "/pods/p/resize";
        Http.Answer more = http.send(
                "PATCH", resize, size.formatted("700m"), "Content-Type", "application/strategic-merge-patch+json");
        assertThat(more.status()).as(more.text()).isEqualTo(200);
        assertThat(used(ns, "requests.cpu")).isEqualTo("700m");
        refused(
                http.send(
                        "PATCH", resize, size.formatted("2"), "Content-Type", "application/strategic-merge-patch+json"),
                "pods \"p\" is forbidden: exceeded quota: q, requested: requests.cpu=1300m, used: requests.cpu=700m,"
                        + " limited: requests.cpu=1");
    }

    @Test
    void whoeverWritesAtOnceDoesNotGetMoreThanIsAllowed() {
        String ns = namespace("raced");
        quota(ns, "{\"configmaps\":\"5\"}", "{\"configmaps\":\"0\"}");
        List<CompletableFuture<Http.Answer>> all = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            String name = "m" + i;
            all.add(CompletableFuture.supplyAsync(() -> configMap(ns, name)));
        }
        Stream<Integer> outcomes = all.stream().map(each -> each.join().status());
        assertThat(outcomes.filter(status -> status == 201).count()).isEqualTo(5);
        assertThat(used(ns, "configmaps")).isEqualTo("5");
    }

    /** Two quotas are charged in one transaction, so at one version; a watch shows both. */
    @Test
    void aWatchShowsEveryQuotaThatAnObjectIsChargedTo() throws Exception {
        String ns = namespace("both");
        quota(ns, "{\"configmaps\":\"5\"}", "{\"configmaps\":\"0\"}");
        created(http.post(
                ns + "/resourcequotas", "{\"metadata\":{\"name\":\"r\"},\"spec\":{\"hard\":{\"configmaps\":\"9\"}}}"));
        Http.Answer counted = http.merge(
                ns + "/resourcequotas/r/status",
                "{\"status\":{\"hard\":{\"configmaps\":\"9\"},\"used\":{\"configmaps\":\"0\"}}}");
        String version = counted.json().at("/metadata/resourceVersion").asText();
        try (Http.Watch watch =
                http.watch(ns + "/resourcequotas?watch=1&timeoutSeconds=2&resourceVersion=" + version)) {
            created(configMap(ns, "a"));
            assertThat(watch.rest())
                    .extracting(event -> event.at("/object/metadata/name").asText() + " "
                            + event.at("/object/status/used/configmaps").asText())
                    .containsExactly("q 1", "r 1");
        }
        // A watch that ended between the two goes on from the first, whose version is that of both.
        String both = http.get(ns + "/resourcequotas/q")
                .json()
                .at("/metadata/resourceVersion")
                .asText();
        try (Http.Watch watch = http.watch(ns + "/resourcequotas?watch=1&timeoutSeconds=1&resourceVersion=" + both)) {
            assertThat(watch.rest())
                    .extracting(event -> event.at("/object/metadata/name").asText())
                    .containsExactly("q", "r");
        }
    }

    @Test
    void aDryRunIsRefusedButNotCharged() {
        String ns = namespace("dry");
        quota(ns, "{\"configmaps\":\"1\"}", "{\"configmaps\":\"0\"}");
        created(http.post(ns + "/configmaps?dryRun=All", "{\"metadata\":{\"name\":\"a\"}}"));
        assertThat(used(ns, "configmaps")).isEqualTo("0");
        created(configMap(ns, "a"));
        assertThat(http.post(ns + "/configmaps?dryRun=All", "{\"metadata\":{\"name\":\"b\"}}")
                        .status())
                .isEqualTo(403);
    }

    @Test
    void podsMustSayWhatAQuotaLimits() {
        String ns = namespace("sums");
        String hard = "{\"pods\":\"3\",\"requests.cpu\":\"1\",\"limits.memory\":\"1Gi\"}";
        quota(ns, hard, "{\"pods\":\"0\",\"requests.cpu\":\"0\",\"limits.memory\":\"0\"}");
        refused(
                pod(ns, "p", "{}"),
                "pods \"p\" is forbidden: failed quota: q: must specify limits.memory for: c; requests.cpu for: c");
        String resources = "{\"requests\":{\"cpu\":\"600m\"},\"limits\":{\"memory\":\"256Mi\"}}";
        created(pod(ns, "p", resources));
        assertThat(used(ns, "requests.cpu")).isEqualTo("600m");
        assertThat(used(ns, "limits.memory")).isEqualTo("256Mi");
        refused(
                pod(ns, "r", resources),
                "pods \"r\" is forbidden: exceeded quota: q, requested: requests.cpu=600m, used: requests.cpu=600m,"
                        + " limited: requests.cpu=1");
    }

    @Test
    void aQuotaNobodyHasCountedYetIsNotGuessed() {
        String ns = namespace("unknown");
        quota(ns, "{\"configmaps\":\"2\"}", "{}");
        refused(
                configMap(ns, "a"),
                "configmaps \"a\" is forbidden: status unknown for quota: q, resources: configmaps");
        ns = namespace("half-known");
        quota(ns, "{\"configmaps\":\"2\",\"count/configmaps\":\"2\"}", "{\"configmaps\":\"0\"}");
        refused(
                configMap(ns, "a"),
                "configmaps \"a\" is forbidden: status unknown for quota: q, resources: configmaps,count/configmaps");
    }

    @Test
    void aPodThatComesIntoTheScopeOfAQuotaIsChargedWhole() {
        String ns = namespace("scoped");
        created(http.post(
                ns + "/resourcequotas",
                "{\"metadata\":{\"name\":\"q\"},\"spec\":{\"scopes\":[\"Terminating\"],\"hard\":{\"pods\":\"1\"}}}"));
        http.merge(
                ns + "/resourcequotas/q/status", "{\"status\":{\"hard\":{\"pods\":\"1\"},\"used\":{\"pods\":\"0\"}}}");
        created(pod(ns, "a", "{}"));
        created(pod(ns, "b", "{}"));
        assertThat(used(ns, "pods")).isEqualTo("0");
        String ending = "{\"spec\":{\"activeDeadlineSeconds\":600}}";
        Http.Answer first = http.merge(ns + "/pods/a", ending);
        assertThat(first.status()).as(first.text()).isEqualTo(200);
        assertThat(used(ns, "pods")).isEqualTo("1");
        assertThat(http.merge(ns + "/pods/a", "{\"spec\":{\"activeDeadlineSeconds\":500}}")
                        .status())
                .as("it was charged before")
                .isEqualTo(200);
        assertThat(used(ns, "pods")).isEqualTo("1");
        refused(
                http.merge(ns + "/pods/b", ending),
                "pods \"b\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1");
    }

    @Test
    void aClaimThatIsToHaveAnotherClassIsChargedToTheQuotaOfThatClassToo() {
        String ns = namespace("attributes");
        created(http.post(
                ns + "/resourcequotas",
                "{\"metadata\":{\"name\":\"q\"},\"spec\":{\"hard\":{\"persistentvolumeclaims\":\"1\"},\"scopeSelector\":"
                        + "{\"matchExpressions\":[{\"scopeName\":\"VolumeAttributesClass\",\"operator\":\"In\","
                        + "\"values\":[\"silver\"]}]}}}"));
        Http.Answer counted = http.merge(
                ns + "/resourcequotas/q/status",
                "{\"status\":{\"hard\":{\"persistentvolumeclaims\":\"1\"},"
                        + "\"used\":{\"persistentvolumeclaims\":\"0\"}}}");
        assertThat(counted.status()).as(counted.text()).isEqualTo(200);
        for (String name : List.of("a", "b")) {
            created(http.post(
                    ns + "/persistentvolumeclaims",
                    "{\"metadata\":{\"name\":\"" + name + "\"},\"spec\":{\"accessModes\":[\"ReadWriteOnce\"],"
                            + "\"storageClassName\":\"\",\"resources\":{\"requests\":{\"storage\":\"1Gi\"}}}}"));
        }
        String silver = "{\"status\":{\"modifyVolumeStatus\":{\"status\":\"Pending\","
                + "\"targetVolumeAttributesClassName\":\"silver\"}}}";
        Http.Answer first = http.merge(ns + "/persistentvolumeclaims/a/status", silver);
        assertThat(first.status()).as(first.text()).isEqualTo(200);
        assertThat(used(ns, "persistentvolumeclaims")).isEqualTo("1");
        refused(
                http.merge(ns + "/persistentvolumeclaims/b/status", silver),
                "persistentvolumeclaims \"b\" is forbidden: exceeded quota: q, requested: persistentvolumeclaims=1,"
                        + " used: persistentvolumeclaims=1, limited: persistentvolumeclaims=1");
    }

    @Test
    void servicesAreChargedForTheirNodePortsAlsoWhenTheyChange() {
        String ns = namespace("services");
        quota(
                ns,
                "{\"services\":\"5\",\"services.nodeports\":\"1\"}",
                "{\"services\":\"0\",\"services.nodeports\":\"0\"}");
        String spec = "\"ports\":[{\"name\":\"a\",\"port\":80},{\"name\":\"b\",\"port\":81}]";
        created(http.post(
                ns + "/services",
                "{\"metadata\":{\"name\":\"s\"},\"spec\":{\"selector\":{\"a\":\"b\"}," + spec + "}}"));
        refused(
                http.merge(ns + "/services/s", "{\"spec\":{\"type\":\"NodePort\"}}"),
                "services \"s\" is forbidden: exceeded quota: q, requested: services.nodeports=2, used:"
                        + " services.nodeports=0, limited: services.nodeports=1");
    }

    @Test
    void limitRangesFillInAndBound() {
        String ns = namespace("ranged");
        created(http.post(
                ns + "/limitranges",
                "{\"metadata\":{\"name\":\"l\"},\"spec\":{\"limits\":[{\"type\":\"Container\","
                        + "\"default\":{\"cpu\":\"500m\"},\"defaultRequest\":{\"cpu\":\"100m\",\"memory\":\"64Mi\"},"
                        + "\"min\":{\"cpu\":\"50m\"},\"max\":{\"cpu\":\"1\"},\"maxLimitRequestRatio\":{\"cpu\":\"8\"}},"
                        + "{\"type\":\"PersistentVolumeClaim\",\"max\":{\"storage\":\"1Gi\"}}]}}"));
        var container = created(pod(ns, "p", "{}"))
                .json()
                .path("spec")
                .path("containers")
                .path(0)
                .path("resources");
        assertThat(container.toString())
                .isEqualTo("{\"limits\":{\"cpu\":\"500m\"},\"requests\":{\"cpu\":\"100m\",\"memory\":\"64Mi\"}}");
        assertThat(http.get(ns + "/pods/p")
                        .json()
                        .path("metadata")
                        .path("annotations")
                        .path("kubernetes.io/limit-ranger")
                        .asText())
                .isEqualTo("LimitRanger plugin set: cpu, memory request for container c; cpu limit for container c");
        refused(
                pod(ns, "q", "{\"limits\":{\"cpu\":\"2\"},\"requests\":{\"cpu\":\"100m\"}}"),
                "pods \"q\" is forbidden: [maximum cpu usage per Container is 1, but limit is 2, cpu max limit to"
                        + " request ratio per Container is 8, but provided ratio is 20.000000]");
        refused(
                http.post(
                        ns + "/persistentvolumeclaims",
                        "{\"metadata\":{\"name\":\"c\"},\"spec\":{\"accessModes\":[\"ReadWriteOnce\"],"
                                + "\"resources\":{\"requests\":{\"storage\":\"2Gi\"}}}}"),
                "persistentvolumeclaims \"c\" is forbidden: maximum storage usage per PersistentVolumeClaim is 1Gi, but"
                        + " request is 2Gi");
    }

    @Test
    void aClaimGrowsWhenItIsBoundAndItsClassAllowsIt() {
        String ns = namespace("growing");
        String classes = "/apis/storage.k8s.io/v1/storageclasses";
        created(http.post(
                classes,
                "{\"metadata\":{\"name\":\"elastic\"},\"provisioner\":\"p.example\",\"allowVolumeExpansion\":true}"));
        created(http.post(classes, "{\"metadata\":{\"name\":\"rigid\"},\"provisioner\":\"p.example\"}"));
        String claims = ns + "/persistentvolumeclaims";
        String larger = "{\"spec\":{\"resources\":{\"requests\":{\"storage\":\"2Gi\"}}}}";
        for (String name : List.of("elastic", "rigid")) {
            created(http.post(
                    claims,
                    "{\"metadata\":{\"name\":\"" + name
                            + "\"},\"spec\":{\"accessModes\":[\"ReadWriteOnce\"],\"storageClassName\":\"" + name
                            + "\",\"volumeName\":\"v\",\"resources\":{\"requests\":{\"storage\":\"1Gi\"}}}}"));
        }
        assertThat(http.merge(claims + "/elastic", larger).status())
                .as("of a claim that is not bound nothing changes")
                .isEqualTo(422);
        for (String name : List.of("elastic", "rigid")) {
            Http.Answer bound = http.merge(
                    claims + "/" + name + "/status",
                    "{\"status\":{\"phase\":\"Bound\",\"accessModes\":[\"ReadWriteOnce\"],\"capacity\":{\"storage\":\"1Gi\"}}}");
            assertThat(bound.status()).as(bound.text()).isEqualTo(200);
        }
        Http.Answer grown = http.merge(claims + "/elastic", larger);
        assertThat(grown.status()).as(grown.text()).isEqualTo(200);
        refused(
                http.merge(claims + "/rigid", larger),
                "persistentvolumeclaims \"rigid\" is forbidden: only dynamically provisioned pvc can be resized and the"
                        + " storageclass that provisions the pvc must support resize");
    }

    @Test
    void aClaimWithoutAClassGetsTheDefaultOne() {
        String ns = namespace("claims");
        created(
                http.post(
                        "/apis/storage.k8s.io/v1/storageclasses",
                        "{\"metadata\":{\"name\":\"standard\",\"annotations\":"
                                + "{\"storageclass.kubernetes.io/is-default-class\":\"true\"}},\"provisioner\":\"none.example\"}"));
        String claim = "{\"metadata\":{\"name\":\"%s\"},\"spec\":{\"accessModes\":[\"ReadWriteOnce\"],%s"
                + "\"resources\":{\"requests\":{\"storage\":\"1Gi\"}}}}";
        String path = ns + "/persistentvolumeclaims";
        assertThat(created(http.post(path, claim.formatted("a", "")))
                        .json()
                        .path("spec")
                        .path("storageClassName")
                        .asText())
                .isEqualTo("standard");
        assertThat(created(http.post(path, claim.formatted("b", "\"storageClassName\":\"\",")))
                        .json()
                        .path("spec")
                        .path("storageClassName")
                        .asText("absent"))
                .isEmpty();
        assertThat(http.delete("/apis/storage.k8s.io/v1/storageclasses/standard", "")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void newClaimsAndVolumesAreProtectedWhileTheyAreUsed() {
        String ns = namespace("protected");
        Http.Answer claim = created(
                http.post(
                        ns + "/persistentvolumeclaims",
                        "{\"metadata\":{\"name\":\"c\",\"finalizers\":[\"example.com/mine\"]},\"spec\":{\"accessModes\":"
                                + "[\"ReadWriteOnce\"],\"storageClassName\":\"\",\"resources\":{\"requests\":{\"storage\":\"1Gi\"}}}}"));
        assertThat(claim.json().path("metadata").path("finalizers").toString())
                .isEqualTo("[\"example.com/mine\",\"kubernetes.io/pvc-protection\"]");
        Http.Answer volume = created(http.post(
                "/api/v1/persistentvolumes",
                "{\"metadata\":{\"name\":\"protected\",\"finalizers\":[\"kubernetes.io/pv-protection\"]},\"spec\":{"
                        + "\"capacity\":{\"storage\":\"1Gi\"},\"accessModes\":[\"ReadWriteOnce\"],"
                        + "\"hostPath\":{\"path\":\"/tmp/protected\"}}}"));
        assertThat(volume.json().path("metadata").path("finalizers").toString())
                .isEqualTo("[\"kubernetes.io/pv-protection\"]");
    }

    @Test
    void aRuntimeClassTellsOverheadAndPlace() {
        String ns = namespace("runtimes");
        created(http.post(
                "/apis/node.k8s.io/v1/runtimeclasses",
                "{\"metadata\":{\"name\":\"heavy\"},\"handler\":\"h\",\"overhead\":{\"podFixed\":{\"cpu\":\"250m\"}},"
                        + "\"scheduling\":{\"nodeSelector\":{\"kind\":\"heavy\"}}}"));
        String pod = "{\"metadata\":{\"name\":\"%s\"},\"spec\":{\"serviceAccountName\":\"default\","
                + "\"runtimeClassName\":\"%s\",\"containers\":[{\"name\":\"c\",\"image\":\"nginx\"}]}}";
        var spec = created(http.post(ns + "/pods", pod.formatted("p", "heavy")))
                .json()
                .path("spec");
        assertThat(spec.path("overhead").toString()).isEqualTo("{\"cpu\":\"250m\"}");
        assertThat(spec.path("nodeSelector").toString()).isEqualTo("{\"kind\":\"heavy\"}");
        refused(
                http.post(ns + "/pods", pod.formatted("q", "absent")),
                "pods \"q\" is forbidden: pod rejected: RuntimeClass \"absent\" not found");
    }
}
