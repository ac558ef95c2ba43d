package io.kvorum.api.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Message;
import io.kubernetes.client.proto.IntStr.IntOrString;
import io.kubernetes.client.proto.Meta;
import io.kubernetes.client.proto.Meta.MicroTime;
import io.kubernetes.client.proto.Meta.ObjectMeta;
import io.kubernetes.client.proto.Meta.Time;
import io.kubernetes.client.proto.Resource.Quantity;
import io.kubernetes.client.proto.Runtime;
import io.kubernetes.client.proto.V1;
import io.kubernetes.client.proto.V1Apiextensions.CustomResourceDefinition;
import io.kubernetes.client.proto.V1Apiextensions.CustomResourceDefinitionSpec;
import io.kubernetes.client.proto.V1Apiextensions.CustomResourceDefinitionVersion;
import io.kubernetes.client.proto.V1Apiextensions.CustomResourceValidation;
import io.kubernetes.client.proto.V1Apiextensions.JSON;
import io.kubernetes.client.proto.V1Apiextensions.JSONSchemaProps;
import io.kubernetes.client.proto.V1Apiextensions.JSONSchemaPropsOrArray;
import io.kubernetes.client.proto.V1Apiextensions.JSONSchemaPropsOrBool;
import io.kubernetes.client.proto.V1Apiextensions.JSONSchemaPropsOrStringArray;
import io.kubernetes.client.proto.V1Apps;
import io.kubernetes.client.proto.V1Authorization;
import io.kubernetes.client.proto.V1Coordination;
import io.kubernetes.client.proto.V1Policy;
import io.kvorum.api.ApiException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ProtobufBodyTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @Test
    void embedsWhatGoEmbeds() throws IOException {
        V1.Volume config = V1.Volume.newBuilder()
                .setName("conf")
                .setVolumeSource(V1.VolumeSource.newBuilder()
                        .setConfigMap(V1.ConfigMapVolumeSource.newBuilder()
                                .setLocalObjectReference(
                                        V1.LocalObjectReference.newBuilder().setName("web"))
                                .setDefaultMode(0)
                                .setOptional(false)))
                .build();
        V1.Container container = V1.Container.newBuilder()
                .setName("c")
                .setImage("nginx")
                .setResources(V1.ResourceRequirements.newBuilder().putRequests("cpu", quantity("100m")))
                .setLivenessProbe(V1.Probe.newBuilder()
                        .setHandler(V1.ProbeHandler.newBuilder()
                                .setHttpGet(V1.HTTPGetAction.newBuilder()
                                        .setPath("/")
                                        .setHost("")
                                        .setPort(IntOrString.newBuilder()
                                                .setType(1)
                                                .setStrVal("http"))))
                        .setInitialDelaySeconds(0)
                        .setPeriodSeconds(5))
                .addEnv(V1.EnvVar.newBuilder()
                        .setName("PASSWORD")
                        .setValue("")
                        .setValueFrom(V1.EnvVarSource.newBuilder()
                                .setSecretKeyRef(V1.SecretKeySelector.newBuilder()
                                        .setLocalObjectReference(V1.LocalObjectReference.newBuilder()
                                                .setName("s"))
                                        .setKey("k"))))
                .setStdin(false)
                .build();
        V1.Pod pod = V1.Pod.newBuilder()
                .setMetadata(ObjectMeta.newBuilder()
                        .setName("web")
                        .setNamespace("")
                        .setUid("")
                        .setGeneration(0)
                        .setCreationTimestamp(Time.getDefaultInstance())
                        .putLabels("app", "")
                        .addOwnerReferences(Meta.OwnerReference.newBuilder()
                                .setApiVersion("v1")
                                .setKind("X")
                                .setName("x")
                                .setUid("u")
                                .setController(false)))
                .setSpec(V1.PodSpec.newBuilder()
                        .addVolumes(config)
                        .addContainers(container)
                        .setHostNetwork(false)
                        .setTerminationGracePeriodSeconds(0))
                .setStatus(V1.PodStatus.newBuilder()
                        .setPhase("")
                        .setStartTime(
                                Time.newBuilder().setSeconds(1_700_000_000).setNanos(5)))
                .build();

        assertThat(decode("v1", "Pod", pod)).isEqualTo(json("""
                {"kind": "Pod", "apiVersion": "v1",
                 "metadata": {"name": "web", "labels": {"app": ""}, "ownerReferences":
                   [{"apiVersion": "v1", "kind": "X", "name": "x", "uid": "u", "controller": false}]},
                 "spec": {"terminationGracePeriodSeconds": 0,
                   "volumes": [{"name": "conf", "configMap": {"name": "web", "defaultMode": 0, "optional": false}}],
                   "containers": [{"name": "c", "image": "nginx", "resources": {"requests": {"cpu": "100m"}},
                     "livenessProbe": {"httpGet": {"path": "/", "port": "http"}, "periodSeconds": 5},
                     "env": [{"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]}]},
                 "status": {"startTime": "2023-11-14T22:13:20Z"}}"""));
    }

    @Test
    void zeroIsAValueOnlyWhereGoHasAPointerOrAlwaysWrites() throws IOException {
        V1Apps.Deployment deployment = V1Apps.Deployment.newBuilder()
                .setSpec(V1Apps.DeploymentSpec.newBuilder()
                        .setReplicas(0)
                        .setMinReadySeconds(0)
                        .setPaused(false)
                        .setRevisionHistoryLimit(0)
                        .setStrategy(V1Apps.DeploymentStrategy.newBuilder()
                                .setType("RollingUpdate")
                                .setRollingUpdate(V1Apps.RollingUpdateDeployment.newBuilder()
                                        .setMaxUnavailable(IntOrString.newBuilder()
                                                .setType(0)
                                                .setIntVal(0)))))
                .build();
        assertThat(decode("apps/v1", "Deployment", deployment).get("spec"))
                .isEqualTo(json("{'replicas': 0, 'revisionHistoryLimit': 0, 'strategy':"
                        + " {'type': 'RollingUpdate', 'rollingUpdate': {'maxUnavailable': 0}}}"));

        V1.Service service = V1.Service.newBuilder()
                .setSpec(V1.ServiceSpec.newBuilder()
                        .addPorts(V1.ServicePort.newBuilder()
                                .setName("")
                                .setPort(80)
                                .setNodePort(0)
                                .setTargetPort(
                                        IntOrString.newBuilder().setType(0).setIntVal(0)))
                        .setClusterIP("")
                        .setPublishNotReadyAddresses(false))
                .build();
        assertThat(decode("v1", "Service", service).get("spec")).isEqualTo(json("{'ports': [{'port': 80}]}"));
    }

    @Test
    void readsSecretsLeasesAndListsInMaps() throws IOException {
        V1.Secret secret = V1.Secret.newBuilder()
                .putData("a", ByteString.copyFrom(new byte[] {-1, 0, 1}))
                .putData("empty", ByteString.EMPTY)
                .setImmutable(false)
                .build();
        JsonNode secretJson = decode("v1", "Secret", secret);
        assertThat(secretJson.get("data")).isEqualTo(json("{'a': '/wAB', 'empty': ''}"));
        assertThat(secretJson.get("immutable").isBoolean()).isTrue();

        V1Coordination.Lease lease = V1Coordination.Lease.newBuilder()
                .setSpec(V1Coordination.LeaseSpec.newBuilder()
                        .setHolderIdentity("")
                        .setRenewTime(MicroTime.newBuilder().setSeconds(0).setNanos(1_000)))
                .build();
        assertThat(decode("coordination.k8s.io/v1", "Lease", lease).get("spec"))
                .isEqualTo(json("{'holderIdentity': '', 'renewTime': '1970-01-01T00:00:00.000001Z'}"));

        V1Authorization.SubjectAccessReview review = V1Authorization.SubjectAccessReview.newBuilder()
                .setSpec(V1Authorization.SubjectAccessReviewSpec.newBuilder()
                        .setUser("u")
                        .putExtra(
                                "scopes",
                                V1Authorization.ExtraValue.newBuilder()
                                        .addItems("a")
                                        .addItems("")
                                        .build()))
                .setStatus(V1Authorization.SubjectAccessReviewStatus.newBuilder()
                        .setAllowed(false)
                        .setDenied(false)
                        .setReason(""))
                .build();
        assertThat(decode("authorization.k8s.io/v1", "SubjectAccessReview", review))
                .isEqualTo(json("{'kind': 'SubjectAccessReview', 'apiVersion': 'authorization.k8s.io/v1',"
                        + " 'spec': {'user': 'u', 'extra': {'scopes': ['a', '']}}, 'status': {'allowed': false}}"));
    }

    @Test
    void readsOptionsOfAnyGroupVersionAndThoseInEvictions() throws IOException {
        Meta.DeleteOptions options = Meta.DeleteOptions.newBuilder()
                .setGracePeriodSeconds(0)
                .setPropagationPolicy("Background")
                .addDryRun("All")
                .build();
        assertThat(decode("apps/v1", "DeleteOptions", options))
                .isEqualTo(json("{'kind': 'DeleteOptions', 'apiVersion': 'apps/v1', 'gracePeriodSeconds': 0,"
                        + " 'propagationPolicy': 'Background', 'dryRun': ['All']}"));
        V1Policy.Eviction eviction =
                V1Policy.Eviction.newBuilder().setDeleteOptions(options).build();
        assertThat(decode("policy/v1", "Eviction", eviction).at("/deleteOptions/gracePeriodSeconds"))
                .isEqualTo(json("0"));
    }

    @Test
    void readsSchemasThatMayBeSomethingElse() throws IOException {
        JSONSchemaProps text =
                JSONSchemaProps.newBuilder().setType("string").setMinLength(0).build();
        JSONSchemaProps schema = JSONSchemaProps.newBuilder()
                .setRef("#/x")
                .setMaximum(5)
                .setMultipleOf(0.5)
                .setXKubernetesPreserveUnknownFields(false)
                .setXKubernetesIntOrString(true)
                .setXKubernetesListType("map")
                .setDefault(JSON.newBuilder().setRaw(ByteString.copyFromUtf8("{\"a\": [1, null, 1.50]}")))
                .addEnum(JSON.newBuilder().setRaw(ByteString.copyFromUtf8("\"x\"")))
                .setItems(JSONSchemaPropsOrArray.newBuilder().setSchema(text))
                .setAdditionalProperties(JSONSchemaPropsOrBool.newBuilder().setAllows(false))
                .setAdditionalItems(
                        JSONSchemaPropsOrBool.newBuilder().setAllows(true).setSchema(text))
                .putDependencies(
                        "d",
                        JSONSchemaPropsOrStringArray.newBuilder()
                                .addProperty("p")
                                .build())
                .putProperties(
                        "many",
                        JSONSchemaProps.newBuilder()
                                .setItems(JSONSchemaPropsOrArray.newBuilder()
                                        .addJSONSchemas(text)
                                        .addJSONSchemas(text))
                                .build())
                .build();
        var definition = CustomResourceDefinition.newBuilder()
                .setSpec(CustomResourceDefinitionSpec.newBuilder()
                        .addVersions(CustomResourceDefinitionVersion.newBuilder()
                                .setName("v1")
                                .setServed(true)
                                .setStorage(false)
                                .setSchema(CustomResourceValidation.newBuilder().setOpenAPIV3Schema(schema))))
                .build();
        JsonNode read = decode("apiextensions.k8s.io/v1", "CustomResourceDefinition", definition);
        assertThat(read.at("/spec/versions/0/storage").isBoolean()).isTrue();
        assertThat(MAPPER.readTree(
                        read.at("/spec/versions/0/schema/openAPIV3Schema").toString()))
                .isEqualTo(json("{'$ref': '#/x', 'maximum': 5, 'multipleOf': 0.5,"
                        + " 'x-kubernetes-preserve-unknown-fields': false, 'x-kubernetes-int-or-string': true,"
                        + " 'x-kubernetes-list-type': 'map', 'default': {'a': [1, null, 1.50]}, 'enum': ['x'],"
                        + " 'items': {'type': 'string', 'minLength': 0}, 'additionalProperties': false,"
                        + " 'additionalItems': {'type': 'string', 'minLength': 0}, 'dependencies': {'d': ['p']},"
                        + " 'properties': {'many': {'items':"
                        + " [{'type': 'string', 'minLength': 0}, {'type': 'string', 'minLength': 0}]}}}"));
    }

    @Test
    void partsOfOneMessageAreOneAndUnknownFieldsArePassedOver() throws IOException {
        byte[] unknown = {(byte) 0xf8, 0x7f, 1, (byte) 0xfb, 0x7f, 8, 1, (byte) 0xfc, 0x7f};
        byte[] one = V1.Namespace.newBuilder()
                .setMetadata(ObjectMeta.newBuilder().setName("a"))
                .build()
                .toByteArray();
        byte[] two = V1.Namespace.newBuilder()
                .setMetadata(ObjectMeta.newBuilder().putLabels("x", "y"))
                .build()
                .toByteArray();
        ByteString both =
                ByteString.copyFrom(one).concat(ByteString.copyFrom(unknown)).concat(ByteString.copyFrom(two));
        assertThat(ProtobufBody.decode(envelope("v1", "Namespace", both)))
                .isEqualTo(json("{'kind': 'Namespace', 'apiVersion': 'v1',"
                        + " 'metadata': {'name': 'a', 'labels': {'x': 'y'}}}"));
    }

    @Test
    void saysWhatIsWrongWithABody() {
        assertThat(refused(new byte[] {'{', '}'}))
                .isEqualTo(
                        "400 provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
        assertThat(refused(new byte[0])).isEqualTo("400 empty data");
        assertThat(refused(envelope("", "Pod", ByteString.EMPTY))).startsWith("400 Object 'apiVersion' is missing");
        assertThat(refused(envelope("v1", "", ByteString.EMPTY))).startsWith("400 Object 'Kind' is missing");
        assertThat(refused(envelope("v1", "Nothing", ByteString.EMPTY)))
                .isEqualTo("400 no kind \"Nothing\" is registered for version \"v1\"");
        assertThat(refused(envelope("example.com/v1", "Nothing", ByteString.EMPTY)))
                .startsWith("415 ");
        assertThat(refused(envelope("apps/v1", "Deployment", ByteString.copyFrom(new byte[] {0x0a, 0x7f}))))
                .isEqualTo("400 Deployment in version \"v1\" cannot be handled as a Deployment: unexpected EOF");
        assertThat(refused(envelope("v1", "Pod", ByteString.copyFrom(new byte[] {0x08, 1}))))
                .isEqualTo("400 Pod in version \"v1\" cannot be handled as a Pod: proto: wrong wireType = 0 for field"
                        + " metadata");
    }

    @Test
    void refusesWhatIsTooDeep() {
        ByteString schema =
                JSONSchemaProps.newBuilder().setType("string").build().toByteString();
        for (int i = 0; i < 20_000; i++) {
            schema = nested(JSONSchemaProps.getDescriptor(), "not", schema);
        }
        ByteString validation = nested(CustomResourceValidation.getDescriptor(), "openAPIV3Schema", schema);
        ByteString version = nested(CustomResourceDefinitionVersion.getDescriptor(), "schema", validation);
        ByteString spec = nested(CustomResourceDefinitionSpec.getDescriptor(), "versions", version);
        ByteString body = nested(CustomResourceDefinition.getDescriptor(), "spec", spec);
        assertThat(refused(envelope("apiextensions.k8s.io/v1", "CustomResourceDefinition", body)))
                .endsWith("exceeded max depth");
    }

    @Test
    void damagedBodiesAreRefusedOrReadAndNothingElse() {
        V1.Pod pod = V1.Pod.newBuilder()
                .setMetadata(ObjectMeta.newBuilder().setName("web").putLabels("a", "b"))
                .setSpec(V1.PodSpec.newBuilder()
                        .setActiveDeadlineSeconds(5)
                        .addContainers(V1.Container.newBuilder()
                                .setName("c")
                                .setResources(
                                        V1.ResourceRequirements.newBuilder().putLimits("cpu", quantity("1")))))
                .build();
        byte[] whole = envelope("v1", "Pod", pod.toByteString());
        for (int length = 0; length < whole.length; length++) {
            outcome(Arrays.copyOf(whole, length));
        }
        Random random = new Random(7);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = whole.clone();
            damaged[4 + random.nextInt(damaged.length - 4)] = (byte) random.nextInt(256);
            refused += outcome(damaged) ? 0 : 1;
        }
        assertThat(refused).isBetween(1_000, 19_999);
    }

    /** Whether it was read; anything but an answer for the client fails the test. */
    private static boolean outcome(byte[] body) {
        try {
            ProtobufBody.decode(body);
            return true;
        } catch (ApiException e) {
            assertThat(e.code()).isIn(400, 415);
            return false;
        }
    }

    private static Quantity quantity(String text) {
        return Quantity.newBuilder().setString(text).build();
    }

    /** A message with one field, made without going down into it. */
    private static ByteString nested(Descriptor type, String field, ByteString value) {
        ByteString.Output out = ByteString.newOutput();
        try {
            CodedOutputStream coded = CodedOutputStream.newInstance(out);
            coded.writeUInt32NoTag(type.findFieldByName(field).getNumber() << 3 | 2);
            coded.writeUInt32NoTag(value.size());
            coded.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteString().concat(value);
    }

    private static JsonNode decode(String apiVersion, String kind, Message message) throws IOException {
        JsonNode tree = ProtobufBody.decode(envelope(apiVersion, kind, message.toByteString()));
        return MAPPER.readTree(tree.toString());
    }

    static byte[] envelope(String apiVersion, String kind, ByteString raw) {
        Runtime.Unknown unknown = Runtime.Unknown.newBuilder()
                .setTypeMeta(
                        Runtime.TypeMeta.newBuilder().setApiVersion(apiVersion).setKind(kind))
                .setRaw(raw)
                .setContentEncoding("")
                .setContentType("")
                .build();
        return ByteString.copyFrom(new byte[] {0x6b, 0x38, 0x73, 0x00})
                .concat(unknown.toByteString())
                .toByteArray();
    }

    private static String refused(byte[] body) {
        ApiException e = catchThrowableOfType(ApiException.class, () -> ProtobufBody.decode(body));
        return e.code() + " " + e.getMessage();
    }

    private static JsonNode json(String text) throws IOException {
        return MAPPER.readTree(text.replace('\'', '"'));
    }
}
