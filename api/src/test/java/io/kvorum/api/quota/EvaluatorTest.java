package io.kvorum.api.quota;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvorum.api.Quantity;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class EvaluatorTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static JsonNode json(String text) throws JsonProcessingException {
        return new ObjectMapper().readTree(text.replace('\'', '"'));
    }

    private static Usage usage(String resource, String object) throws JsonProcessingException {
        return Evaluator.of(resource).usage(json(object), NOW);
    }

    private static final String POD = "{'spec':{'containers':[{'name':'a','resources':{'requests':{'cpu':'1',"
            + "'example.com/gpu':'2'},'limits':{'cpu':'2','memory':'1Gi'}}},{'name':'b'}],"
            + "'initContainers':[{'name':'i','resources':{'requests':{'cpu':'3'}}}]}%s}";

    @Test
    void aPodCountsForWhatItAsksForInAll() throws Exception {
        Usage usage = usage("pods", POD.formatted(""));
        assertThat(usage.of("pods")).isEqualTo(Quantity.of(1));
        assertThat(usage.of("count/pods")).isEqualTo(Quantity.of(1));
        assertThat(usage.of("requests.cpu")).isEqualTo(Quantity.of(3)); // the initial container asks for more
        assertThat(usage.of("cpu")).isEqualTo(Quantity.of(3));
        assertThat(usage.of("limits.cpu")).isEqualTo(Quantity.of(2));
        assertThat(usage.of("limits.memory")).isEqualTo(Quantity.parse("1Gi"));
        assertThat(usage.of("requests.example.com/gpu")).isEqualTo(Quantity.of(2));
        assertThat(usage.has("example.com/gpu")).isFalse();
    }

    @Test
    void aFinishedPodIsOnlyAnObject() throws Exception {
        Usage usage = usage("pods", POD.formatted(",'status':{'phase':'Succeeded'}"));
        assertThat(usage.amounts()).containsOnlyKeys("count/pods");
    }

    @Test
    void aPodOfALostNodeIsNotCountedForEver() throws Exception {
        String deleted = ",'metadata':{'deletionTimestamp':'%s','deletionGracePeriodSeconds':30}";
        assertThat(usage("pods", POD.formatted(deleted.formatted("2025-12-31T23:59:40Z")))
                        .has("pods"))
                .isTrue();
        assertThat(usage("pods", POD.formatted(deleted.formatted("2025-12-31T23:59:20Z")))
                        .has("pods"))
                .isFalse();
    }

    @Test
    void servicesAndClaimsCountForMoreThanThemselves() throws Exception {
        Usage balanced = usage("services", "{'spec':{'type':'LoadBalancer','ports':[{'port':1},{'port':2}]}}");
        assertThat(balanced.of("services.loadbalancers")).isEqualTo(Quantity.of(1));
        assertThat(balanced.of("services.nodeports")).isEqualTo(Quantity.of(2));
        Usage claim = usage(
                "persistentvolumeclaims",
                "{'spec':{'storageClassName':'gold','resources':{'requests':{'storage':'2Gi'}}}}");
        assertThat(claim.of("gold.storageclass.storage.k8s.io/requests.storage"))
                .isEqualTo(Quantity.parse("2Gi"));
        assertThat(claim.of("persistentvolumeclaims")).isEqualTo(Quantity.of(1));
    }

    @Test
    void everyNameBelongsToOneResource() {
        assertThat(Evaluator.resourceOf("limits.cpu")).isEqualTo("pods");
        assertThat(Evaluator.resourceOf("requests.example.com/gpu")).isEqualTo("pods");
        assertThat(Evaluator.resourceOf("services.nodeports")).isEqualTo("services");
        assertThat(Evaluator.resourceOf("count/widgets.example.com")).isEqualTo("widgets.example.com");
        assertThat(Evaluator.resourceOf("gold.storageclass.storage.k8s.io/requests.storage"))
                .isEqualTo("persistentvolumeclaims");
        assertThat(Evaluator.resourceOf("secrets")).isEqualTo("secrets");
    }

    @Test
    void whatAQuotaLimitsMustBeSaid() throws Exception {
        JsonNode pod = json(POD.formatted(""));
        assertThat(Evaluator.of("pods").missing(pod, Set.of("requests.cpu", "limits.memory", "pods")))
                .containsExactly("limits.memory for: b,i", "requests.cpu for: b");
        assertThat(Evaluator.of("services").missing(pod, Set.of("services"))).isEmpty();
        assertThat(Evaluator.of("pods").missing(pod, Set.of("requests.ephemeral-storage", "limits.ephemeral-storage")))
                .as("of processors and memory alone")
                .isEmpty();
    }

    @Test
    void whoSaysItForThePodAsAWholeNeedNotSayItOfContainers() throws Exception {
        JsonNode pod = json("{'spec':{'resources':{'requests':{'cpu':'1'}},'containers':[{'name':'a'}]}}");
        assertThat(Evaluator.of("pods").missing(pod, Set.of("requests.cpu", "limits.memory")))
                .isEmpty();
    }

    @Test
    void scopesSelectPods() throws Exception {
        JsonNode bestEffort = json("{'spec':{'containers':[{'name':'a'}]}}");
        JsonNode ending =
                json("{'spec':{'activeDeadlineSeconds':5,'priorityClassName':'high','containers':[{'name':'a',"
                        + "'resources':{'requests':{'cpu':'1'}}}]}}");
        String scoped = "{'spec':{'scopes':['%s']}}";
        assertThat(QuotaScopes.matches(json(scoped.formatted("BestEffort")), "pods", bestEffort))
                .isTrue();
        assertThat(QuotaScopes.matches(json(scoped.formatted("BestEffort")), "pods", ending))
                .isFalse();
        assertThat(QuotaScopes.matches(json(scoped.formatted("Terminating")), "pods", ending))
                .isTrue();
        assertThat(QuotaScopes.matches(json(scoped.formatted("NotTerminating")), "pods", ending))
                .isFalse();
        assertThat(QuotaScopes.matches(json(scoped.formatted("Terminating")), "services", json("{}")))
                .isFalse();
        String byClass = "{'spec':{'scopeSelector':{'matchExpressions':[{'scopeName':'PriorityClass','operator':'%s',"
                + "'values':['high']}]}}}";
        assertThat(QuotaScopes.matches(json(byClass.formatted("In")), "pods", ending))
                .isTrue();
        assertThat(QuotaScopes.matches(json(byClass.formatted("In")), "pods", bestEffort))
                .isFalse();
        assertThat(QuotaScopes.matches(json(byClass.formatted("NotIn")), "pods", bestEffort))
                .isTrue();
    }
}
