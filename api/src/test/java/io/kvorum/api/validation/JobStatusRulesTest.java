package io.kvorum.api.validation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class JobStatusRulesTest {
    private static final String COMPLETE = "{'completionTime':'2026-01-01T00:00:00Z','conditions':["
            + "{'type':'SuccessCriteriaMet','status':'True'},{'type':'Complete','status':'True'}]}";

    /** A Job that is suspended has not started, and one without completions is complete from the first. */
    @Test
    void aSuspendedJobWithNothingToDoIsComplete() {
        assertThat(of("'suspend':true,'completions':0")).isEmpty();
        assertThat(of("'suspend':true,'completions':1"))
                .containsExactly("status.startTime: Required value: startTime is required for finished job");
        assertThat(of("'completions':0"))
                .containsExactly("status.startTime: Required value: startTime is required for finished job");
    }

    private static List<String> of(String spec) {
        return Findings.ofStatus(
                "{'apiVersion':'batch/v1','kind':'Job','metadata':{'name':'j'},'spec':{" + spec
                        + ",'template':{'spec':{'restartPolicy':'Never','containers':[{'name':'c','image':'a'}]}}}}",
                "{}",
                COMPLETE);
    }
}
