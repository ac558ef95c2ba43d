package io.kvorum.apiserver.request;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestInfoTest {
    /** A rule with resourceNames is for objects of these names: a creation names none that could be checked. */
    @ParameterizedTest
    @CsvSource({
        "GET,list,allowed",
        "POST,create,''",
        "DELETE,deletecollection,''",
    })
    void aFieldSelectorNamesWhatIsListedAndNothingElse(String method, String verb, String name) {
        Query query = Query.parse("fieldSelector=metadata.name%3Dallowed");
        RequestInfo info = RequestInfo.parse(method, "/api/v1/namespaces/x/secrets", query);

        assertThat(info.verb()).isEqualTo(verb);
        assertThat(info.authorizedName(query)).isEqualTo(name);
    }
}
