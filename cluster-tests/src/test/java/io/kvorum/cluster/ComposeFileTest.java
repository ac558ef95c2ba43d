package io.kvorum.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.cli.cluster.ClusterSpec;
import io.kvorum.cli.cluster.CommandLine;
import io.kvorum.cli.cluster.Instance;
import io.kvorum.cli.cluster.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.yaml.snakeyaml.Yaml;

/** The compose file starts what the launcher starts, with the same flags; needs no container engine. */
class ComposeFileTest {
    private static final Path ROOT = root();
    private static final JsonNode COMPOSE = compose();
    private static final ClusterSpec SPEC = ClusterSpec.defaults("kvorum", 7).withCount(Role.APISERVER, 2);

    /** What only makes sense on one machine's loopback, under the launcher. */
    private static final Set<String> LAUNCHER_ONLY =
            Set.of("lifeline", "lifeline-fifo", "loopback-ranges", "timeline-file");
    /** What the launcher always says and the compose file only where it is not the default. */
    private static final Set<String> OPTIONAL = Set.of("hazelcast-port", "bus-port");
    /** Values that follow from the place where a component runs. */
    private static final Set<String> OF_THE_PLACE = Set.of(
            "address",
            "join",
            "hazelcast-port",
            "bus-port",
            "data-dir",
            "control-socket",
            "advertise-address",
            "tls-cert-file",
            "tls-private-key-file",
            "client-ca-file",
            "kubelet-client-certificate",
            "kubelet-client-key",
            "kubelet-certificate-authority",
            "bus-credential-file",
            "service-account-key-file",
            "service-account-signing-key-file",
            "service-cluster-ip-range",
            "proxy-client-cert-file",
            "proxy-client-key-file",
            "requestheader-client-ca-file",
            "cluster-signing-cert-file",
            "cluster-signing-key-file",
            "ca-file",
            "client-certificate",
            "client-key",
            "servers",
            "root-ca-file",
            "node-ip",
            "pod-cidr",
            "root-dir",
            "image-catalog",
            "images-classpath");

    @Test
    void startsTheInstancesOfTheLauncherAndNothingElse() {
        Set<String> expected = new TreeSet<>(Set.of("pki", "node-1", "node-2"));
        Instance.of(SPEC).forEach(instance -> expected.add(instance.name()));
        assertThat(services().keySet()).containsExactlyInAnyOrderElementsOf(expected);
        services()
                .values()
                .forEach(service -> assertThat(service.at("/image").asText()).isEqualTo("kvorum"));
    }

    @TestFactory
    Stream<DynamicTest> givesTheFlagsOfTheLauncher() {
        return Instance.of(SPEC).stream()
                .map(instance -> DynamicTest.dynamicTest(instance.name(), () -> sameFlags(instance)));
    }

    private static void sameFlags(Instance instance) {
        JsonNode service = service(instance.name());
        assertThat(service.at("/command/0").asText()).isEqualTo(instance.role().id());
        Map<String, String> given = flags(command(service));
        Map<String, String> launched = flags(new CommandLine(SPEC, new ClusterFolder(Path.of("/cluster")))
                .arguments(instance, Path.of("/images.jar")));
        launched.keySet().removeAll(LAUNCHER_ONLY);
        Set<String> wanted = new TreeSet<>(launched.keySet());
        OPTIONAL.stream().filter(flag -> !given.containsKey(flag)).forEach(wanted::remove);
        assertThat(given.keySet()).containsExactlyInAnyOrderElementsOf(wanted);
        launched.keySet().removeAll(OF_THE_PLACE);
        assertThat(given).containsAllEntriesOf(launched);
    }

    @Test
    void rolesOfTheEntryPointHaveTheMainClassesOfTheLauncher() throws IOException {
        String script = Files.readString(ROOT.resolve("docker/entrypoint.sh"));
        Map<String, String> mains = new HashMap<>();
        Pattern.compile("(?m)^ {2}([a-z-]+)\\) main=(\\S+) heap=")
                .matcher(script)
                .results()
                .forEach(line -> mains.put(line.group(1), line.group(2)));
        for (Role role : Role.values()) {
            assertThat(mains).containsEntry(role.id(), role.mainClass());
        }
        for (JsonNode service : services().values()) {
            assertThat(mains).containsKey(service.at("/command/0").asText());
        }
    }

    @Test
    void addressesAreUniqueAndOfTheNetwork() throws IOException {
        String subnet = COMPOSE.at("/networks/kvorum/ipam/config/0/subnet").asText();
        Map<String, String> seen = new HashMap<>();
        for (Map.Entry<String, JsonNode> service : services().entrySet()) {
            String address =
                    service.getValue().at("/networks/kvorum/ipv4_address").asText();
            if (!address.isEmpty()) {
                assertThat(contains(subnet, address))
                        .as("%s in %s", address, subnet)
                        .isTrue();
                assertThat(seen.put(address, service.getKey())).as(address).isNull();
            }
        }
        assertThat(seen).hasSize(10);
    }

    @Test
    void componentsSpeakFromTheAddressOfTheirContainer() {
        for (Instance instance : Instance.of(SPEC)) {
            Map<String, String> flags = flags(command(service(instance.name())));
            assertThat(addressOf(instance.name())).isEqualTo(flags.get("address"));
            if (flags.containsKey("node-ip")) {
                assertThat(flags.get("node-ip")).isEqualTo(addressOf(flags.get("hostname-override")));
            }
            if (flags.containsKey("advertise-address")) {
                assertThat(flags.get("advertise-address")).isEqualTo(flags.get("address"));
            }
        }
    }

    @Test
    void storesJoinEachOtherAndAllElseTheApiServersToo() {
        List<String> stores = addressesToJoin(Role.STORE);
        List<String> all = new ArrayList<>(stores);
        all.addAll(addressesToJoin(Role.APISERVER));
        for (Instance instance : Instance.of(SPEC)) {
            assertThat(flags(command(service(instance.name()))).get("join"))
                    .isEqualTo(String.join(",", instance.role() == Role.STORE ? stores : all));
        }
    }

    private static List<String> addressesToJoin(Role role) {
        return Instance.of(SPEC).stream()
                .filter(instance -> instance.role() == role)
                .map(instance -> addressOf(instance.name()) + ":5701")
                .toList();
    }

    /** Two processes on one network cannot have the same ports. */
    @Test
    void componentsOfOneNodeHavePortsOfTheirOwn() {
        for (String node : List.of("node-1", "node-2")) {
            Map<String, String> kubelet = flags(command(service("kubelet-" + node)));
            Map<String, String> proxy = flags(command(service("kube-proxy-" + node)));
            assertThat(proxy.get("bus-port")).isNotNull().isNotEqualTo(kubelet.get("bus-port"));
        }
    }

    @Test
    void podsAreLocalToTheirNodeAndRoutedFromTheOther() {
        for (String node : List.of("node-1", "node-2")) {
            String other = node.equals("node-1") ? "node-2" : "node-1";
            String pods = flags(command(service("kubelet-" + node))).get("pod-cidr");
            String services = flags(command(service("apiserver-0"))).get("service-cluster-ip-range");
            assertThat(service(node).at("/environment/LOCAL_RANGES").asText()).isEqualTo(pods + " " + services);
            assertThat(service(other).at("/environment/ROUTES").asText()).isEqualTo(pods + "=" + addressOf(node));
        }
    }

    @Test
    void certificatesAreForTheAddressesAndTheKubernetesService() {
        for (String name : List.of("apiserver-0", "apiserver-1")) {
            assertThat(command(service("pki")))
                    .filteredOn(argument -> argument.startsWith("--serving=" + name + "="))
                    .singleElement()
                    .satisfies(argument -> assertThat(argument.substring(argument.lastIndexOf('=') + 1)
                                    .split(","))
                            .contains(
                                    "kubernetes.default.svc",
                                    "127.0.0.1",
                                    "10.96.0.1",
                                    addressOf(name),
                                    addressOf("balancer-0")));
            assertThat(flags(command(service(name)))).containsEntry("tls-cert-file", "/pki/" + name + ".crt");
        }
    }

    private static String addressOf(String name) {
        JsonNode service = service(name);
        String mode = service.at("/network_mode").asText();
        return mode.startsWith("service:")
                ? addressOf(mode.substring("service:".length()))
                : service.at("/networks/kvorum/ipv4_address").asText();
    }

    private static boolean contains(String cidr, String address) throws IOException {
        String[] parts = cidr.split("/", 2);
        int shift = 32 - Integer.parseInt(parts[1]);
        return number(parts[0]) >>> shift == number(address) >>> shift;
    }

    private static int number(String address) throws IOException {
        return ByteBuffer.wrap(InetAddress.getByName(address).getAddress()).getInt();
    }

    private static Map<String, String> flags(List<String> arguments) {
        Map<String, String> flags = new LinkedHashMap<>();
        for (String argument : arguments) {
            assertThat(argument).matches("--[a-z][a-z-]*=.*");
            int equals = argument.indexOf('=');
            assertThat(flags.put(argument.substring(2, equals), argument.substring(equals + 1)))
                    .as("%s twice", argument)
                    .isNull();
        }
        return flags;
    }

    /** The arguments after the role. */
    private static List<String> command(JsonNode service) {
        return StreamSupport.stream(service.path("command").spliterator(), false)
                .skip(1)
                .map(JsonNode::asText)
                .toList();
    }

    private static JsonNode service(String name) {
        JsonNode service = COMPOSE.path("services").path(name);
        assertThat(service.isObject()).as("service %s", name).isTrue();
        return service;
    }

    private static Map<String, JsonNode> services() {
        Map<String, JsonNode> services = new LinkedHashMap<>();
        COMPOSE.path("services").properties().forEach(entry -> services.put(entry.getKey(), entry.getValue()));
        return services;
    }

    private static JsonNode compose() {
        try {
            // SnakeYAML, because compose files need merge keys.
            Object tree = new Yaml().load(Files.readString(ROOT.resolve("docker-compose.yml")));
            return new ObjectMapper().valueToTree(tree);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("docker-compose.yml"))) {
            folder = folder.getParent();
            if (folder == null) {
                throw new IllegalStateException("no docker-compose.yml above the working folder");
            }
        }
        return folder;
    }
}
