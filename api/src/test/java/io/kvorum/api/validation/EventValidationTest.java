package io.kvorum.api.validation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.api.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Events must be, by the group a request speaks. */
class EventValidationTest {
    private static final ValidationOptions EVENTS_GROUP =
            ValidationOptions.DEFAULT.spoken(Golden.resource("events.k8s.io/v1", "Event"));
    private static final String NEW_FORM =
            "'eventTime':'2026-01-01T00:00:00.000000Z','reportingComponent':'c','reportingInstance':'i','action':'a',"
                    + "'reason':'r','type':'Normal','message':'m','involvedObject':{'kind':'Pod','namespace':'default','name':'p'}";

    private static String event(String name, String fields) {
        return "{'apiVersion':'v1','kind':'Event','metadata':{'name':'" + name + "'}," + fields + "}";
    }

    private static String changed(String from, String to) {
        assertThat(NEW_FORM).contains(from);
        return NEW_FORM.replace(from, to);
    }

    @Test
    void anEventOfEitherFormIsGood() {
        assertThat(Findings.of(event("e", NEW_FORM), EVENTS_GROUP)).isEmpty();
        assertThat(Findings.of(event("e", NEW_FORM))).isEmpty();
        assertThat(Findings.of(event("Any_Name", "'involvedObject':{}"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'reportingComponent':'c',|'reportingComponent':'a/b/c',|reportingController: Invalid value: \"a/b/c\": a"
                        + " qualified name",
                "'reportingInstance':'i',|'x':'',|reportingInstance: Required value",
                "'action':'a',|'x':'',|action: Required value",
                "'reason':'r',|'x':'',|reason: Required value",
                "'namespace':'default'|'namespace':'other'|",
            })
    void anEventWithATimeSaysWhoReportsIt(String from, String to, String finding) {
        if (finding == null) {
            assertThat(Findings.of(event("e", changed(from, to)))).isEmpty();
            return;
        }
        assertThat(Findings.of(event("e", changed(from, to))))
                .singleElement()
                .asString()
                .startsWith(finding);
    }

    @Test
    void textsOfAnEventWithATimeAreLimited() {
        String fields = NEW_FORM.replace("'a'", "'" + "a".repeat(129) + "'")
                .replace("'r'", "'" + "r".repeat(129) + "'")
                .replace("'i'", "'" + "i".repeat(129) + "'")
                .replace("'m'", "'" + "m".repeat(1025) + "'");
        assertThat(Findings.of(event("e", fields)))
                .containsExactly(
                        "reportingInstance: Invalid value: \"\": can have at most 128 characters",
                        "action: Invalid value: \"\": can have at most 128 characters",
                        "reason: Invalid value: \"\": can have at most 128 characters",
                        "message: Invalid value: \"\": can have at most 1024 characters");
    }

    @Test
    void anEventThatNamesNoNamespaceBelongsIntoTheDefaultOne() {
        String old = "{'apiVersion':'v1','kind':'Event','metadata':{'name':'e'},'involvedObject':{'namespace':'x'}}";
        assertThat(Findings.of(old))
                .containsExactly("involvedObject.namespace: Invalid value: \"x\": does not match event.namespace");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'type':'Normal'|'type':'Odd'|type: Invalid value: \"\": has invalid value: Odd",
                "'type':'Normal'|'type':'Normal','count':1|count: Invalid value: \"\": needs to be unset",
                "'type':'Normal'|'type':'Normal','source':{'host':'h'}|source: Invalid value: \"\": needs to be unset",
                "'type':'Normal'|'type':'Normal','firstTimestamp':'2026-01-01T00:00:00Z'|firstTimestamp: Invalid value: \"\":"
                        + " needs to be unset",
                "'type':'Normal'|'type':'Normal','lastTimestamp':'2026-01-01T00:00:00Z'|lastTimestamp: Invalid value: \"\":"
                        + " needs to be unset",
                "'type':'Normal'|'type':'Normal','series':{'count':1,'lastObservedTime':'2026-01-01T00:00:00.000000Z'}|series.count:"
                        + " Invalid value: \"\": should be at least 2",
                "'type':'Normal'|'type':'Normal','series':{'count':2}|series.lastObservedTime: Required value",
                "'eventTime':'2026-01-01T00:00:00.000000Z'|'eventTime':null|eventTime: Required value",
            })
    void theNewGroupDemandsTheNewForm(String from, String to, String finding) {
        String event = event("e", changed(from, to));
        assertThat(Findings.of(event, EVENTS_GROUP)).containsExactly(finding);
        assertThat(Findings.of(event)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'action':'a'|'action':'b'|action: Invalid value: \"b\": field is immutable",
                "'message':'m'|'message':'n'|message: Invalid value: \"n\": field is immutable",
                "'type':'Normal'|'type':'Warning'|type: Invalid value: \"Warning\": field is immutable",
                "'type':'Normal'|'type':'Normal','count':3|count: Invalid value: 3: field is immutable",
                "'name':'p'|'name':'q'|involvedObject: Invalid value: {\"Kind\":\"Pod\",\"Namespace\":\"default\",\"Name\":\"q\","
                        + "\"UID\":\"\",\"APIVersion\":\"\",\"ResourceVersion\":\"\",\"FieldPath\":\"\"}: field is immutable",
                "'reportingComponent':'c'|'reportingComponent':'d'|reportingController: Invalid value: \"d\": field is immutable",
                "'type':'Normal'|'type':'Normal','series':{'count':1,'lastObservedTime':'2026-01-01T00:00:00.000000Z'}|series.count:"
                        + " Invalid value: \"\": should be at least 2",
            })
    void theNewGroupChangesASeriesOnly(String from, String to, String finding) {
        String old = event("e", NEW_FORM);
        String wanted = event("e", changed(from, to));
        assertThat(Findings.ofUpdate(old, wanted, EVENTS_GROUP)).containsExactly(finding);
        assertThat(Findings.ofUpdate(old, wanted)).isEmpty();
    }
}
