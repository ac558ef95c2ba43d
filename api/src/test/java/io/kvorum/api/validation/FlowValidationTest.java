package io.kvorum.api.validation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of FlowSchemas and PriorityLevelConfigurations, by one wrong object each. */
class FlowValidationTest {
    private static final String USER = "{'kind':'User','user':{'name':'u'}}";
    private static final String URLS = "{'verbs':['get'],'nonResourceURLs':['/x']}";

    private static String object(String kind, String spec) {
        return "{'apiVersion':'flowcontrol.apiserver.k8s.io/v1','kind':'" + kind + "','metadata':{'name':'x'},'spec':{"
                + spec + "}}";
    }

    private static String schema(String rule) {
        return object(
                "FlowSchema",
                "'matchingPrecedence':5,'priorityLevelConfiguration':{'name':'l'},'rules':[" + rule + "]");
    }

    private static String level(String queuing) {
        return object(
                "PriorityLevelConfiguration",
                "'type':'Limited','limited':{'nominalConcurrencyShares':1,'limitResponse':{'type':'Queue','queuing':"
                        + queuing + "}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'kind':'x'}|.kind: Unsupported value: \"x\": supported values: \"Group\", \"ServiceAccount\", \"User\"",
                "{'kind':'User'}|.user: Required value: user is required when subject kind is 'User'",
                "{'kind':'Group','group':{'name':''}}|.group.name: Required value",
                "{'kind':'User','user':{'name':'u'},'group':{'name':'g'}}|.group: Forbidden: group is forbidden when subject kind is"
                        + " not 'Group'",
                "{'kind':'ServiceAccount','serviceAccount':{'name':'*'}}|.serviceAccount.namespace: Required value: must specify"
                        + " namespace for service account",
            })
    void subjects(String subject, String finding) {
        assertThat(Findings.of(schema("{'subjects':[" + subject + "],'nonResourceRules':[" + URLS + "]}")))
                .containsExactly("spec.rules[0].subjects[0]" + finding);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "['x'],['*'],['*'],['n']|.verbs: Unsupported value: [\"x\"]: supported values: \"create\", \"delete\","
                        + " \"deletecollection\", \"get\", \"list\", \"patch\", \"proxy\", \"update\", \"watch\"",
                "['*','get'],['*'],['*'],['n']|.verbs: Invalid value: [\"*\",\"get\"]: if '*' is present, must not specify other"
                        + " verbs",
                "['*'],[],['*'],['n']|.apiGroups: Required value: resource rules must supply at least one api group",
                "['*'],['*','a'],['*'],['n']|.apiGroups: Invalid value: [\"*\",\"a\"]: if '*' is present, must not specify other"
                        + " api groups",
                "['*'],['*'],[],['n']|.resources: Required value: resource rules must supply at least one resource",
                "['*'],['*'],['*'],[]|.namespaces: Required value: resource rules that are not cluster scoped must supply at least"
                        + " one namespace",
                "['*'],['*'],['*'],['*','n']|.namespaces: Invalid value: [\"*\",\"n\"]: if '*' is present, must not specify other"
                        + " namespaces",
                "['*'],['*'],['*'],['a.b']|.namespaces[0]: Invalid value: \"a.b\": each member of this list must be '*' or a"
                        + " DNS-1123 label; must not contain dots",
            })
    void resources(String lists, String finding) {
        String[] parts = lists.split("(?<=]),", -1);
        String rule = "{'verbs':" + parts[0] + ",'apiGroups':" + parts[1] + ",'resources':" + parts[2]
                + ",'namespaces':" + parts[3] + "}";
        assertThat(Findings.of(schema("{'subjects':[" + USER + "],'resourceRules':[" + rule + "]}")))
                .containsExactly("spec.rules[0].resourceRules[0]" + finding);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/|",
                "/a/*|",
                "x|must start with slash",
                "/a b|must not contain white-space",
                "/a//b|must not contain double slash",
                "/a*|wildcard can only do suffix matching",
                "/*/*|wildcard can only do suffix matching",
            })
    void paths(String url, String finding) {
        String rule = "{'verbs':['get'],'nonResourceURLs':['" + url + "']}";
        var found = assertThat(Findings.of(schema("{'subjects':[" + USER + "],'nonResourceRules':[" + rule + "]}")));
        if (finding == null) {
            found.isEmpty();
        } else {
            found.containsExactly(
                    "spec.rules[0].nonResourceRules[0].nonResourceURLs[0]: Invalid value: \"" + url + "\": " + finding);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "-1|1|1|queueLengthLimit: Invalid value: -1: must be positive",
                "1|10000001|1|queues: Invalid value: 10000001: must not be greater than 10000000",
                "1|7|8|handSize: Invalid value: 8: should not be greater than queues (7)",
                "1|512|8|handSize: Invalid value: 8: required entropy bits of deckSize 512 and handSize 8 should not be greater than"
                        + " 60",
                "1|10000000|2|",
            })
    void queues(int length, int queues, int hand, String finding) {
        String queuing = "{'queueLengthLimit':" + length + ",'queues':" + queues + ",'handSize':" + hand + "}";
        var found = assertThat(Findings.of(level(queuing)));
        if (finding == null) {
            found.isEmpty();
        } else {
            found.containsExactly("spec.limited.limitResponse.queuing." + finding);
        }
    }

    @Test
    void aSchemaNamesItsLevelAndAKnownWayToTellFlowsApart() {
        assertThat(
                        Findings.of(
                                object(
                                        "FlowSchema",
                                        "'matchingPrecedence':5,'priorityLevelConfiguration':{'name':'L'},'distinguisherMethod':{'type':'x'}")))
                .hasSize(2)
                .contains("spec.distinguisherMethod.type: Unsupported value: {\"Type\":\"x\"}: supported values:"
                        + " \"ByNamespace\", \"ByUser\"")
                .anyMatch(finding -> finding.startsWith("spec.priorityLevelConfiguration.name: Invalid value: \"L\""));
    }

    @Test
    void conditionsHaveATypeOfTheirOwn() {
        String object = schema("{'subjects':[" + USER + "],'nonResourceRules':[" + URLS + "]}");
        String status = ",'status':{'conditions':[{'type':'a'},{'type':'a'},{'type':''}]}}";
        assertThat(Findings.ofStatus(object, object.substring(0, object.length() - 1) + status))
                .containsExactly(
                        "status.conditions[1].type: Duplicate value: \"a\"",
                        "status.conditions[2].type: Required value: must not be empty");
    }

    private static String named(String name, String object) {
        return object.replace("'name':'x'", "'name':'" + name + "'");
    }

    @Test
    void whatIsMandatoryIsFixed() {
        String everything = "'resourceRules':[{'verbs':['*'],'apiGroups':['*'],'resources':['*'],'clusterScope':true,"
                + "'namespaces':['*']}],'nonResourceRules':[{'verbs':['*'],'nonResourceURLs':['*']}]";
        String exempt = named(
                "exempt",
                object(
                        "FlowSchema",
                        "'matchingPrecedence':1,'priorityLevelConfiguration':{'name':'exempt'},'rules':[{'subjects':[{'kind':"
                                + "'Group','group':{'name':'system:masters'}}]," + everything + "}]"));
        assertThat(Findings.of(exempt)).isEmpty();
        assertThat(Findings.of(exempt.replace("system:masters", "g")))
                .singleElement()
                .asString()
                .startsWith("spec: Invalid value: ")
                .endsWith(": spec of 'exempt' must equal the fixed value");
        String catchAll = named(
                "catch-all",
                object(
                        "FlowSchema",
                        "'matchingPrecedence':10000,'distinguisherMethod':{'type':'ByUser'},'priorityLevelConfiguration':{'name':"
                                + "'catch-all'},'rules':[{'subjects':[{'kind':'Group','group':{'name':'system:unauthenticated'}},"
                                + "{'kind':'Group','group':{'name':'system:authenticated'}}]," + everything + "}]"));
        assertThat(Findings.of(catchAll)).isEmpty();
        assertThat(Findings.ofUpdate(catchAll, catchAll.replace("10000", "9000")))
                .singleElement()
                .asString()
                .endsWith(": spec of 'catch-all' must equal the fixed value");
    }

    @Test
    void ofMandatoryLevelsTheSharesOfTheExemptOneAlonePass() {
        String exempt = named("exempt", object("PriorityLevelConfiguration", "'type':'Exempt'"));
        assertThat(Findings.of(exempt)).isEmpty();
        assertThat(Findings.of(exempt.replace("'type':'Exempt'", "'type':'Exempt','exempt':{'lendablePercent':50}")))
                .isEmpty();
        String limited = "'type':'Limited','limited':{'nominalConcurrencyShares':5,'limitResponse':{'type':'Reject'}}";
        assertThat(Findings.of(exempt.replace("'type':'Exempt'", limited)))
                .hasSize(2)
                .contains("spec.type: Invalid value: \"Limited\": must be 'Exempt' if and only if `name` is 'exempt'")
                .anyMatch(finding -> finding.endsWith(
                        ": spec of 'exempt' except the 'spec.exempt' field must equal the fixed value"));
        String catchAll = named("catch-all", object("PriorityLevelConfiguration", limited));
        assertThat(Findings.of(catchAll)).isEmpty();
        assertThat(Findings.of(catchAll.replace("Shares':5", "Shares':6")))
                .singleElement()
                .asString()
                .endsWith(": spec of 'catch-all' must equal the fixed value");
    }
}
