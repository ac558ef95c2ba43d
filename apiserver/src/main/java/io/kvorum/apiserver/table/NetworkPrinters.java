package io.kvorum.apiserver.table;

import static io.kvorum.apiserver.table.TablePrinters.printer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Services, their endpoints, and group networking.k8s.io. */
final class NetworkPrinters {
    private NetworkPrinters() {}

    static void register(Map<String, TablePrinter> printers) {
        printers.put("/services", printer("""
                        Name
                        Type|string|How the service is exposed
                        Cluster-IP|string|Address inside the cluster
                        External-IP|string|Addresses outside the cluster
                        Port(s)|string|Ports, with node ports behind a colon
                        Age
                        *Selector|string|Labels of the pods it leads to
                        """, NetworkPrinters::service));
        printers.put(
                "/endpoints",
                printer(
                        """
                        Name
                        Endpoints|string|Addresses and ports
                        Age
                        """,
                        row -> row.name()
                                .text(endpoints(row.object().path("subsets")))
                                .age()));
        printers.put("discovery.k8s.io/endpointslices", printer("""
                        Name
                        AddressType|string|Kind of the addresses
                        Ports|string|Ports of every endpoint
                        Endpoints|string|Addresses of the endpoints
                        Age
                        """, NetworkPrinters::endpointSlice));
        printers.put("networking.k8s.io/ingresses", printer("""
                        Name
                        Class|string|Ingress class that serves it
                        Hosts|string|Host names it is for
                        Address|string|Addresses it is reached at
                        Ports|string|Ports it is reached at
                        Age
                        """, NetworkPrinters::ingress));
        printers.put("networking.k8s.io/ingressclasses", printer("""
                        Name
                        Controller|string|Controller that serves the class
                        Parameters|string|Object with the controller's settings
                        Age
                        """, NetworkPrinters::ingressClass));
        printers.put(
                "networking.k8s.io/networkpolicies",
                printer(
                        """
                        Name
                        Pod-Selector|string|Pods the policy is for
                        Age
                        """,
                        row -> row.name()
                                .text(Texts.selector(row.spec().path("podSelector")))
                                .age()));
        printers.put("networking.k8s.io/ipaddresses", printer("""
                        Name
                        ParentRef|string|The object that has the address
                        """, NetworkPrinters::ipAddress));
        printers.put(
                "networking.k8s.io/servicecidrs",
                printer(
                        """
                        Name
                        CIDRs|string|Ranges of addresses
                        Age
                        """,
                        row -> row.name()
                                .text(Texts.join(row.spec().path("cidrs")))
                                .age()));
    }

    private static void service(Row row) {
        List<String> ports = new ArrayList<>();
        for (JsonNode port : row.spec().path("ports")) {
            long nodePort = port.path("nodePort").asLong();
            ports.add(port.path("port").asLong()
                    + (nodePort > 0 ? ":" + nodePort : "")
                    + "/"
                    + port.path("protocol").asText());
        }
        row.name()
                .text(row.spec().path("type").asText())
                .text(row.spec().path("clusterIPs").path(0), Row.NONE)
                .text(externalIp(row))
                .text(ports.isEmpty() ? Row.NONE : String.join(",", ports))
                .age()
                .text(Texts.labels(row.spec().path("selector")));
    }

    private static String externalIp(Row row) {
        String external = Texts.join(row.spec().path("externalIPs"));
        switch (row.spec().path("type").asText()) {
            case "ClusterIP":
            case "NodePort":
                return external.isEmpty() ? Row.NONE : external;
            case "LoadBalancer":
                String balancer = Texts.loadBalancer(row.status());
                String both =
                        balancer.isEmpty() || external.isEmpty() ? balancer + external : balancer + "," + external;
                return both.isEmpty() ? "<pending>" : both;
            case "ExternalName":
                return row.spec().path("externalName").asText();
            default:
                return Row.UNKNOWN;
        }
    }

    private static String endpoints(JsonNode subsets) {
        if (subsets.isEmpty()) {
            return Row.NONE;
        }
        List<String> all = new ArrayList<>();
        for (JsonNode subset : subsets) {
            if (subset.path("ports").isEmpty()) {
                subset.path("addresses")
                        .forEach(address -> all.add(address.path("ip").asText()));
            }
            for (JsonNode port : subset.path("ports")) {
                for (JsonNode address : subset.path("addresses")) {
                    String ip = address.path("ip").asText();
                    all.add((ip.indexOf(':') >= 0 ? "[" + ip + "]" : ip) + ":"
                            + port.path("port").asLong());
                }
            }
        }
        return Texts.some(all);
    }

    private static void endpointSlice(Row row) {
        List<String> ports = new ArrayList<>();
        for (JsonNode port : row.object().path("ports")) {
            ports.add(port.hasNonNull("port") ? port.path("port").asText() : Row.textOr(port.path("name"), "*"));
        }
        List<String> addresses = new ArrayList<>();
        for (JsonNode endpoint : row.object().path("endpoints")) {
            endpoint.path("addresses").forEach(address -> addresses.add(address.asText()));
        }
        row.name()
                .text(row.object().path("addressType").asText())
                .text(ports.isEmpty() ? Row.UNSET : Texts.some(ports))
                .text(addresses.isEmpty() ? Row.UNSET : Texts.some(addresses))
                .age();
    }

    private static void ingress(Row row) {
        List<String> hosts = new ArrayList<>();
        JsonNode rules = row.spec().path("rules");
        rules.forEach(rule -> {
            if (!rule.path("host").asText().isEmpty()) {
                hosts.add(rule.path("host").asText());
            }
        });
        row.name()
                .text(row.spec().path("ingressClassName"), Row.NONE)
                .text(hosts.isEmpty() ? "*" : Texts.some(hosts))
                .text(Texts.loadBalancer(row.status()))
                .text(row.spec().path("tls").isEmpty() ? "80" : "80, 443")
                .age();
    }

    private static void ingressClass(Row row) {
        JsonNode parameters = row.spec().path("parameters");
        String shown = Row.NONE;
        if (parameters.isObject()) {
            String group = parameters.path("apiGroup").asText();
            shown = parameters.path("kind").asText()
                    + (group.isEmpty() ? "" : "." + group)
                    + "/"
                    + parameters.path("name").asText();
        }
        row.name().text(row.spec().path("controller").asText()).text(shown).age();
    }

    private static void ipAddress(Row row) {
        JsonNode parent = row.spec().path("parentRef");
        String group = parent.path("group").asText();
        String shown = parent.path("resource").asText()
                + (group.isEmpty() ? "" : "." + group)
                + "/"
                + parent.path("namespace").asText()
                + "/"
                + parent.path("name").asText();
        row.name().text(parent.isObject() ? shown : Row.NONE);
    }
}
