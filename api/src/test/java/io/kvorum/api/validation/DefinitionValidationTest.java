package io.kvorum.api.validation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Golden;
import io.kvorum.api.custom.Conditions;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    /** @param more fields of the spec; {@code version} fields of its version beside its schema */
    private static String with(String schema, String version, String more) {
        return "{'apiVersion':'apiextensions.k8s.io/v1','kind':'CustomResourceDefinition','metadata':{'name':'lamps.example.com'},"
                + "'spec':{'group':'example.com','scope':'Namespaced','names':{'plural':'lamps','kind':'Lamp'}" + more
                + ",'versions':[{'name':'v1','served':true,'storage':true" + version + ",'schema':{'openAPIV3Schema':"
                + schema
                + "}}]}}";
    }

    private static String field(String schema) {
        return with("{'type':'object','properties':{'f':" + schema + "}}", "", "");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'type':'object','id':'i'}|.id: Forbidden: id is not supported",
                "{'type':'object','patternProperties':{'a':{'type':'string'}}}|.patternProperties: Forbidden: patternProperties is not"
                        + " supported",
                "{'type':'object','definitions':{'a':{'type':'string'}}}|.definitions: Forbidden: definitions is not supported",
                "{'type':'object','anyOf':[{'dependencies':{'a':['b']}}]}|.anyOf[0].dependencies: Forbidden: dependencies is not"
                        + " supported",
                "{'type':'array','items':{'type':'string'},'x-kubernetes-list-type':'x'}|.x-kubernetes-list-type: Unsupported value:"
                        + " \"x\": supported values: \"atomic\", \"set\", \"map\"",
                "{'type':'array','x-kubernetes-list-type':'map','x-kubernetes-list-map-keys':['k','k'],'items':{'type':'object',"
                        + "'required':['k'],'properties':{'k':{'type':'string'}}}}|.x-kubernetes-list-map-keys: Invalid value:"
                        + " [\"k\",\"k\"]: must not contain duplicate entries",
                "{'type':'array','x-kubernetes-list-type':'map','x-kubernetes-list-map-keys':['k'],'items':{'type':'object',"
                        + "'required':['k'],'properties':{'k':{'type':'string','nullable':true}}}}|.items.properties[k].nullable:"
                        + " Forbidden: this property is in x-kubernetes-list-map-keys, so it cannot be nullable",
                "{'type':'array','x-kubernetes-list-type':'map','x-kubernetes-list-map-keys':['k'],'items':{'type':'object',"
                        + "'nullable':true,'required':['k'],'properties':{'k':{'type':'string'}}}}|.items.nullable: Forbidden: cannot"
                        + " be nullable when x-kubernetes-list-type is map",
            })
    void schemas(String schema, String finding) {
        assertThat(Findings.of(field(schema)))
                .containsExactly("spec.validation.openAPIV3Schema.properties[f]" + finding);
    }

    @Test
    void theRootIsNotNullable() {
        assertThat(Findings.of(with("{'type':'object','nullable':true}", "", "")))
                .containsExactly(
                        "spec.validation.openAPIV3Schema.nullable: Forbidden: nullable cannot be true at the root");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'subresources':{'scale':{'specReplicasPath':'.status.r','statusReplicasPath':'.status.r'}}|"
                        + "spec.subresources.scale.specReplicasPath: Invalid value: \".status.r\": should be a json path under .spec",
                "'subresources':{'scale':{'specReplicasPath':'.spec.r','statusReplicasPath':'r'}}|"
                        + "spec.subresources.scale.statusReplicasPath: Invalid value: \"r\": must be a simple json path starting with .",
                "'subresources':{'scale':{'specReplicasPath':'.spec.r','statusReplicasPath':'.status.r','labelSelectorPath':'.a'}}|"
                        + "spec.subresources.scale.labelSelectorPath: Invalid value: \".a\": should be a json path under either .spec"
                        + " or .status",
                "'additionalPrinterColumns':[{'name':'n','type':'','jsonPath':'.a'}]|spec.additionalPrinterColumns[0].type: Required"
                        + " value: must be one of boolean,date,integer,number,string",
                "'additionalPrinterColumns':[{'name':'n','type':'string','jsonPath':'a'}]|spec.additionalPrinterColumns[0].JSONPath:"
                        + " Invalid value: \"a\": must be a simple json path starting with .",
                "'deprecationWarning':'w'|spec.versions[0].deprecationWarning: Invalid value: \"w\": can only be set for deprecated"
                        + " versions",
                "'deprecated':true,'deprecationWarning':''|spec.versions[0].deprecationWarning: Invalid value: \"\": must not be an"
                        + " empty string",
                "'deprecated':true,'deprecationWarning':'a\\tb'|spec.versions[0].deprecationWarning: Invalid value: \"a\\tb\": must"
                        + " only contain printable UTF-8 characters; non-printable character found at index 1",
            })
    void versions(String version, String finding) {
        assertThat(Findings.of(with("{'type':'object'}", "," + version, ""))).containsExactly(finding);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'strategy':'None','webhook':{'conversionReviewVersions':['v1'],'clientConfig':{'url':'https://a'}}}|"
                        + "webhookClientConfig: Forbidden: should not be set when strategy is not set to Webhook,"
                        + "conversionReviewVersions: Forbidden: should not be set when strategy is not set to Webhook",
                "{'strategy':'Webhook','webhook':{'conversionReviewVersions':['v1','v1'],'clientConfig':{'url':'https://a'}}}|"
                        + "conversionReviewVersions[1]: Invalid value: \"v1\": duplicate version",
                "{'strategy':'Webhook','webhook':{'conversionReviewVersions':['v2'],'clientConfig':{'url':'https://a'}}}|"
                        + "conversionReviewVersions: Invalid value: [\"v2\"]: must include at least one of v1, v1beta1",
            })
    void conversions(String conversion, String findings) {
        assertThat(Findings.of(with("{'type':'object'}", "", ",'conversion':" + conversion)))
                .containsExactly(findings.lines()
                        .flatMap(line -> Arrays.stream(line.split("(?<=Webhook),")))
                        .map(finding -> "spec.conversion." + finding)
                        .toArray(String[]::new));
    }

    /** What is no bundle of certificates keeps a definition from being served, which is told by its status. */
    @Test
    void authoritiesOfAConversionStayGood() {
        String conversion = ",'conversion':{'strategy':'Webhook','webhook':{'conversionReviewVersions':['v1'],"
                + "'clientConfig':{'url':'https://a'%s}}}";
        String none = with("{'type':'object'}", "", String.format(conversion, ""));
        String bad = with("{'type':'object'}", "", String.format(conversion, ",'caBundle':'Cg=='"));
        assertThat(Findings.of(bad)).isEmpty();
        assertThat(Findings.ofUpdate(none, bad)).isEmpty();
        assertThat(updated(established(none), bad))
                .containsExactly("spec.conversion.webhookClientConfig.caBundle: Invalid value: []byte{0xa}: unable to"
                        + " load root certificates: unable to parse bytes as PEM block");
        assertThat(updated(established(bad), bad)).isEmpty();
    }

    private static ObjectNode established(String definition) {
        ObjectNode tree = Golden.tree(definition);
        Conditions.set(tree, "Established", "True", "", "", "2026-01-01T00:00:00Z");
        return tree;
    }

    private static List<String> updated(ObjectNode old, String wanted) {
        ObjectNode next = Golden.tree(wanted);
        FieldErrors errors = new FieldErrors();
        DefinitionValidation.DEFINITION.update(old, next, ValidationOptions.DEFAULT, errors);
        return errors.causes().stream()
                .map(cause -> cause.field() + ": " + cause.message())
                .filter(finding -> finding.contains("conversion"))
                .toList();
    }

    @Test
    void aVersionThatObjectsWereStoredInStays() {
        String old = with("{'type':'object'}", "", "");
        assertThat(Findings.ofUpdate(old, old.replace("'name':'v1'", "'name':'v2'")))
                .containsExactly(
                        "status.storedVersions[0]: Invalid value: \"v1\": missing from spec.versions; v1 was previously a"
                                + " storage version, and must remain in spec.versions until a storage migration ensures no data remains"
                                + " persisted in v1 and removes v1 from status.storedVersions");
    }

    @Test
    void acceptedNamesLookLikeNames() {
        String old = with("{'type':'object'}", "", "");
        String status =
                ",'status':{'storedVersions':['v2'],'acceptedNames':{'plural':'lamps','kind':'Lamp','listKind':'Lamp'}}}";
        assertThat(Findings.ofStatus(old, old.substring(0, old.length() - 1) + status))
                .containsExactly(
                        "status.acceptedNames.listKind: Invalid value: \"Lamp\": kind and listKind may not be the same");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'rule':' '}|rule: Required value: rule is not specified",
                "{'rule':'true','message':' '}|message: Invalid value: \" \": message must be non-empty if specified",
                "{'rule':'true','message':'a\\nb'}|message: Invalid value: \"a\\nb\": message must not contain line breaks",
                "{'rule':'true\\n&& true'}|message: Required value: message must be specified if rule contains line breaks",
                "{'rule':'true','messageExpression':' '}|messageExpression: Required value: messageExpression must be non-empty if"
                        + " specified",
                "{'rule':'true','reason':'x'}|reason: Unsupported value: \"x\": supported values: \"FieldValueDuplicate\","
                        + " \"FieldValueForbidden\", \"FieldValueInvalid\", \"FieldValueRequired\"",
                "{'rule':'true','fieldPath':' '}|fieldPath: Invalid value: \" \": fieldPath must be non-empty if specified",
            })
    void textsOfRules(String rule, String finding) {
        assertThat(Findings.of(field("{'type':'string','x-kubernetes-validations':[" + rule + "]}")))
                .containsExactly(
                        "spec.validation.openAPIV3Schema.properties[f].x-kubernetes-validations[0]." + finding);
    }
}
