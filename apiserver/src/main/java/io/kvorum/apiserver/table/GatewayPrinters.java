package io.kvorum.apiserver.table;

import static io.kvorum.apiserver.table.TablePrinters.printer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/** Group gateway.networking.k8s.io, with the columns its custom resource definitions name. */
final class GatewayPrinters {
    private GatewayPrinters() {}

    static void register(Map<String, TablePrinter> printers) {
        printers.put(
                "gateway.networking.k8s.io/gatewayclasses",
                printer(
                        """
                        Name
                        Controller|string|Controller that serves the class
                        Accepted|string|Whether it does
                        Age
                        *Description|string|What the class is for
                        """,
                        row -> row.name()
                                .text(row.spec().path("controllerName").asText())
                                .text(Texts.condition(row.status(), "Accepted"))
                                .age()
                                .text(row.spec().path("description").asText())));
        printers.put(
                "gateway.networking.k8s.io/gateways",
                printer(
                        """
                        Name
                        Class|string|Class of the gateway
                        Address|string|Addresses it is reached at
                        Programmed|string|Whether it takes traffic
                        Age
                        """,
                        row -> row.name()
                                .text(row.spec().path("gatewayClassName").asText())
                                .text(Texts.join(row.status().path("addresses"), "value"))
                                .text(Texts.condition(row.status(), "Programmed"))
                                .age()));
        printers.put(
                "gateway.networking.k8s.io/httproutes",
                printer(
                        """
                        Name
                        Hostnames|string|Host names it is for
                        Age
                        """,
                        row -> row.name()
                                .text(hostnames(row.spec().path("hostnames")))
                                .age()));
        printers.put(
                "gateway.networking.k8s.io/referencegrants",
                printer("""
                        Name
                        Age
                        """, row -> row.name().age()));
    }

    /** A column of a custom resource prints a list as JSON. */
    private static String hostnames(JsonNode hostnames) {
        return hostnames.isEmpty() ? "" : hostnames.toString();
    }
}
