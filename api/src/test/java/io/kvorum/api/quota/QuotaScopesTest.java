package io.kvorum.api.quota;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

final class QuotaScopesTest {
    private static final String CLAIMS = "persistentvolumeclaims";
    private static final String WANTS_SILVER_HAS_GOLD =
            "{'spec':{'volumeAttributesClassName':'silver'},'status':{'currentVolumeAttributesClassName':'gold'}}";

    private static JsonNode json(String text) throws JsonProcessingException {
        return new ObjectMapper().readTree(text.replace('\'', '"'));
    }

    private static boolean inScope(String operator, String values, String claim) throws JsonProcessingException {
        String quota = "{'spec':{'scopeSelector':{'matchExpressions':[{'scopeName':'VolumeAttributesClass',"
                + "'operator':'" + operator + "','values':" + values + "}]}}}";
        return QuotaScopes.matches(json(quota), CLAIMS, json(claim));
    }

    @Test
    void aClaimIsInTheScopesOfTheClassItWantsAndOfThatItHas() throws Exception {
        assertThat(inScope("In", "['silver']", WANTS_SILVER_HAS_GOLD)).isTrue();
        assertThat(inScope("In", "['gold']", WANTS_SILVER_HAS_GOLD)).isTrue();
        assertThat(inScope("In", "['bronze']", WANTS_SILVER_HAS_GOLD)).isFalse();
        assertThat(inScope("NotIn", "['gold']", WANTS_SILVER_HAS_GOLD)).isTrue();
        assertThat(inScope("NotIn", "['gold','silver']", WANTS_SILVER_HAS_GOLD)).isFalse();
        assertThat(inScope("Exists", "[]", "{'status':{'currentVolumeAttributesClassName':'gold'}}"))
                .isTrue();
        assertThat(inScope(
                        "In",
                        "['gold']",
                        "{'status':{'modifyVolumeStatus':{'status':'Pending',"
                                + "'targetVolumeAttributesClassName':'gold'}}}"))
                .isTrue();
    }

    @Test
    void aClaimWithoutAClassIsInTheScopesThatAskForNone() throws Exception {
        String none = "{'spec':{'volumeAttributesClassName':''}}";
        assertThat(inScope("In", "['gold']", none)).isFalse();
        assertThat(inScope("NotIn", "['gold']", none)).isTrue();
        assertThat(inScope("Exists", "[]", none)).isFalse();
        assertThat(inScope("DoesNotExist", "[]", none)).isTrue();
        assertThat(inScope("DoesNotExist", "[]", WANTS_SILVER_HAS_GOLD)).isFalse();
        assertThat(QuotaScopes.matches(
                        json("{'spec':{'scopes':['VolumeAttributesClass']}}"), CLAIMS, json(WANTS_SILVER_HAS_GOLD)))
                .isTrue();
        assertThat(QuotaScopes.matches(json("{'spec':{'scopes':['VolumeAttributesClass']}}"), CLAIMS, json(none)))
                .isFalse();
        assertThat(QuotaScopes.matches(json("{'spec':{'scopes':['BestEffort']}}"), CLAIMS, json(WANTS_SILVER_HAS_GOLD)))
                .isFalse();
    }

    @Test
    void aClaimChangesScopesWithTheClassesItNames() throws Exception {
        JsonNode gold = json("{'spec':{'volumeAttributesClassName':'gold'}}");
        JsonNode has = json("{'spec':{'volumeAttributesClassName':'gold'},"
                + "'status':{'currentVolumeAttributesClassName':'gold'}}");
        assertThat(QuotaScopes.changes(CLAIMS, gold, has)).isFalse();
        assertThat(QuotaScopes.changes(CLAIMS, has, json(WANTS_SILVER_HAS_GOLD)))
                .isTrue();
        assertThat(QuotaScopes.changes("configmaps", has, json(WANTS_SILVER_HAS_GOLD)))
                .isFalse();
    }
}
