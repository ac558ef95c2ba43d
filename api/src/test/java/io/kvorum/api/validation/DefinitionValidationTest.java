package io.kvorum.api.validation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DefinitionValidationTest {
    private static final String STATUS = "spec.validation.openAPIV3Schema.properties[status].additionalProperties: ";

    private static String definition(String status) {
        return "{'apiVersion':'apiextensions.k8s.io/v1','kind':'CustomResourceDefinition','metadata':{'name':'lamps.example.com'},"
                + "'spec':{'group':'example.com','scope':'Namespaced','names':{'plural':'lamps','kind':'Lamp'},"
                + "'versions':[{'name':'v1','served':true,'storage':true,'schema':{'openAPIV3Schema':{'type':'object',"
                + "'properties':{'status':" + status + "}}}}]}}";
    }

    @Test
    void fieldsWithANameMayStandBesideAnyOthersButNotBesideOthersOfAType() {
        String named = "{'type':'object','properties':{'on':{'type':'boolean'}},'additionalProperties':";
        assertThat(Findings.of(definition(named + "true}"))).isEmpty();
        assertThat(Findings.of(definition(named + "{'type':'string'}}")))
                .containsExactly(STATUS + "Forbidden: additionalProperties and properties are mutual exclusive");
        assertThat(Findings.of(definition(named + "false}")))
                .contains(STATUS + "Forbidden: additionalProperties cannot be set to false");
    }
}
