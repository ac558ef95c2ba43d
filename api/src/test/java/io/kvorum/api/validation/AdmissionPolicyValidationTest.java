package io.kvorum.api.validation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of admission policies and their bindings, by one wrong object each. */
class AdmissionPolicyValidationTest {
    private static final String RULE =
            "{'operations':['CREATE'],'apiGroups':[''],'apiVersions':['v1'],'resources':['pods']}";
    private static final String MATCH = "'matchConstraints':{'resourceRules':[" + RULE + "]}";
    private static final String CHECKS = "'validations':[{'expression':'true'}]";
    private static final String CHANGES =
            "'reinvocationPolicy':'Never','mutations':[{'patchType':'JSONPatch','jsonPatch':{'expression':'[]'}}]";

    private static String object(String kind, String spec) {
        return "{'apiVersion':'admissionregistration.k8s.io/v1','kind':'" + kind + "','metadata':{'name':'x'},'spec':{"
                + spec + "}}";
    }

    private static String policy(String spec) {
        return object("ValidatingAdmissionPolicy", spec);
    }

    private static String mutating(String spec) {
        return object("MutatingAdmissionPolicy", spec);
    }

    @Test
    void wholePoliciesAndBindingsAreGood() {
        assertThat(Findings.of(policy(MATCH + "," + CHECKS))).isEmpty();
        assertThat(Findings.of(mutating(MATCH + "," + CHANGES))).isEmpty();
        assertThat(Findings.of(object(
                        "ValidatingAdmissionPolicyBinding", "'policyName':'p','validationActions':['Deny','Audit']")))
                .isEmpty();
        assertThat(Findings.of(object("MutatingAdmissionPolicyBinding", "'policyName':'p','matchResources':{}")))
                .isEmpty();
    }

    @Test
    void anEmptyPolicyHasNothingToDoNorToMatch() {
        assertThat(Findings.of(policy("")))
                .containsExactly(
                        "spec.matchConstraints: Required value",
                        "spec.validations: Required value: validations or auditAnnotations must contain at least one item",
                        "spec.auditAnnotations: Required value: validations or auditAnnotations must contain at least one"
                                + " item");
        assertThat(Findings.of(mutating("'matchConstraints':{}")))
                .containsExactly(
                        "spec.matchConstraints.resourceRules: Required value",
                        "spec.mutations: Required value: mutations must contain at least one item",
                        "spec.reinvocationPolicy: Required value");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'failurePolicy':'x'|spec.failurePolicy: Unsupported value: \"x\": supported values: \"Fail\", \"Ignore\"",
                "'paramKind':{'kind':'K'}|spec.paramKind.apiVersion: Required value",
                "'paramKind':{'apiVersion':'a/b/c','kind':'K'}|spec.paramKind.apiVersion: Invalid value: \"a/b/c\": unexpected"
                        + " GroupVersion string: a/b/c",
                "'paramKind':{'apiVersion':'a/','kind':'K'}|spec.paramKind.apiVersion: Invalid value: \"a/\": version must be"
                        + " specified",
                "'paramKind':{'apiVersion':'v1'}|spec.paramKind.kind: Required value",
                "'variables':[{'name':'','expression':'1'}]|spec.variables[0].name: Required value: name is not specified",
                "'variables':[{'name':'for','expression':'1'}]|spec.variables[0].name: Invalid value: \"for\": must be a valid CEL"
                        + " identifier",
                "'variables':[{'name':'v','expression':' '}]|spec.variables[0].expression: Required value: expression is not"
                        + " specified",
                "'matchConditions':[{'name':'a','expression':'true'},{'name':'a','expression':'true'}]|"
                        + "spec.matchConditions[1].name: Duplicate value: \"a\"",
                "'auditAnnotations':[{'key':'a','valueExpression':''}]|spec.auditAnnotations[0].valueExpression: Required value:"
                        + " valueExpression is not specified",
                "'auditAnnotations':[{'key':'a','valueExpression':'1'},{'key':'a','valueExpression':'1'}]|"
                        + "spec.auditAnnotations[1].key: Duplicate value: \"a\"",
            })
    void whatIsWrongIsFound(String fields, String finding) {
        assertThat(Findings.of(policy(MATCH + "," + CHECKS + "," + fields))).containsExactly(finding);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'expression':''}|spec.validations[0].expression: Required value: expression is not specified",
                "{'expression':'true','message':' '}|spec.validations[0].message: Invalid value: \" \": must be non-empty if"
                        + " specified",
                "{'expression':'true','message':'a\\nb'}|spec.validations[0].message: Invalid value: \"a\\nb\": must not contain"
                        + " line breaks",
                "{'expression':'true','messageExpression':' '}|spec.validations[0].messageExpression: Invalid value: \" \": must"
                        + " be non-empty if specified",
                "{'expression':'true','reason':'x'}|spec.validations[0].reason: Unsupported value: \"x\": supported values:"
                        + " \"Forbidden\", \"Invalid\", \"RequestEntityTooLarge\"",
            })
    void validationsSayWhatAndWhy(String validation, String finding) {
        assertThat(Findings.of(policy(MATCH + ",'validations':[" + validation + "]")))
                .containsExactly(finding);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}|patchType: Required value",
                "{'patchType':'x'}|patchType: Unsupported value: \"x\": supported values: \"ApplyConfiguration\", \"JSONPatch\"",
                "{'patchType':'JSONPatch'}|jsonPatch: Required value: must be specified when patchType is JSONPatch",
                "{'patchType':'JSONPatch','jsonPatch':{'expression':' '}}|jsonPatch.expression: Required value",
                "{'patchType':'ApplyConfiguration','applyConfiguration':{'expression':'x'},'jsonPatch':{'expression':'x'}}|jsonPatch:"
                        + " Invalid value: \"{jsonPatch}\": must not be specified when patchType is ApplyConfiguration",
            })
    void mutationsAreOfOneType(String mutation, String finding) {
        assertThat(Findings.of(mutating(MATCH + ",'reinvocationPolicy':'Never','mutations':[" + mutation + "]")))
                .containsExactly("spec.mutations[0]." + finding);
    }

    @Test
    void nothingIsChangedInWhatIsDeleted() {
        String deletes = MATCH.replace("CREATE", "DELETE");
        assertThat(Findings.of(policy(deletes + "," + CHECKS))).isEmpty();
        assertThat(Findings.of(mutating(deletes + "," + CHANGES)))
                .containsExactly(
                        "spec.matchConstraints.resourceRules.operations: Unsupported value: \"DELETE\": supported"
                                + " values: \"*\", \"CONNECT\", \"CREATE\", \"UPDATE\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'validationActions':['Deny']|spec.policyName: Required value",
                "'policyName':'p'|spec.validationActions: Required value: at least one validation action is required",
                "'policyName':'p','validationActions':['Deny','Warn']|spec.validationActions: Invalid value: [\"Deny\",\"Warn\"]:"
                        + " must not contain both Deny and Warn (repeating the same validation failure information in the API"
                        + " response and headers serves no purpose)",
                "'policyName':'p','validationActions':['x']|spec.validationActions[0]: Unsupported value: \"x\": supported values:"
                        + " \"Audit\", \"Deny\", \"Warn\"",
                "'policyName':'p','validationActions':['Deny','Deny']|spec.validationActions[1]: Duplicate value: \"Deny\"",
                "'policyName':'p','validationActions':['Deny'],'paramRef':{'parameterNotFoundAction':'Deny'}|spec.paramRef:"
                        + " Required value: one of name or selector must be specified",
                "'policyName':'p','validationActions':['Deny'],'paramRef':{'name':'n'}|spec.paramRef.parameterNotFoundAction:"
                        + " Required value",
                "'policyName':'p','validationActions':['Deny'],'paramRef':{'name':'n','parameterNotFoundAction':'x'}|"
                        + "spec.paramRef.parameterNotFoundAction: Unsupported value: \"x\": supported values: \"Deny\", \"Allow\"",
                "'policyName':'p','validationActions':['Deny'],'matchResources':{'resourceRules':[{'resourceNames':['a','a'],"
                        + "'operations':['*'],'apiGroups':['*'],'apiVersions':['*'],'resources':['*']}]}|"
                        + "spec.matchResources.resourceRules[0].resourceNames[1]: Duplicate value: \"a\"",
            })
    void bindingsNameAPolicyAndItsParameters(String spec, String finding) {
        assertThat(Findings.of(object("ValidatingAdmissionPolicyBinding", spec)))
                .containsExactly(finding);
    }

    @Test
    void parametersAreNamedOrSelected() {
        String both = "'policyName':'p','paramRef':{'name':'n','selector':{},'parameterNotFoundAction':'Allow'}";
        assertThat(Findings.of(object("MutatingAdmissionPolicyBinding", both)))
                .containsExactly(
                        "spec.paramRef.name: Forbidden: name and selector are mutually exclusive",
                        "spec.paramRef.selector: Forbidden: name and selector are mutually exclusive");
    }

    @Test
    void conditionsThatWereThereAreLetBe() {
        String odd = policy(MATCH + "," + CHECKS + ",'matchConditions':[{'name':'','expression':'true'}]");
        assertThat(Findings.of(odd)).containsExactly("spec.matchConditions[0].name: Required value");
        assertThat(Findings.ofUpdate(odd, odd)).isEmpty();
    }
}
