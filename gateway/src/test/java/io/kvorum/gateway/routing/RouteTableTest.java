package io.kvorum.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Gateway API's rules of matching and precedence. The name of the rule that was met stands in its route. */
class RouteTableTest {
    private static RouteMatch path(PathMatch path) {
        return new RouteMatch(path, null, List.of(), List.of());
    }

    private static RouteMatch prefix(String value) {
        return path(new PathMatch.Prefix(value));
    }

    private static Rule rule(String name, RouteMatch... matches) {
        return new Rule(name, List.of(matches), Filters.NONE, List.of(), Duration.ZERO, Duration.ZERO);
    }

    private static Route route(String id, String created, List<String> hostnames, Rule... rules) {
        return new Route(id, created, hostnames, List.of(rules));
    }

    private static Route route(Rule... rules) {
        return route("default/r", "2026-01-01T00:00:00Z", List.of(""), rules);
    }

    private static RouteTable table(Route... routes) {
        return new RouteTable(List.of(new Listener("default/g/http", "", List.of(routes))));
    }

    private static RequestView request(String method, String host, String target, String... headers) {
        Map<String, String> map = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 0; i < headers.length; i += 2) {
            map.put(headers[i], headers[i + 1]);
        }
        return new RequestView(method, host, target, map::get);
    }

    private static String met(RouteTable table, RequestView request) {
        RouteTable.@Nullable Found found = table.find(request);
        return found == null ? "nothing" : found.rule().rule().route();
    }

    @ParameterizedTest
    @CsvSource({
        "/exact, exact",
        "/exact/, root",
        "/api, api",
        "/api/, api",
        "/api/v1/x, api-v1",
        "/api/v10, api",
        "/apix, root",
        "/v7/items, regular",
        "/v7/items/1, root",
        "/, root"
    })
    void exactBeforeRegularBeforeTheLongestPrefixByWholeElements(String target, String expected) {
        RouteTable table = table(route(
                rule("root", prefix("/")),
                rule("api", prefix("/api")),
                rule("api-v1", prefix("/api/v1/")),
                rule("regular", path(new PathMatch.Regular(Pattern.compile("/v[0-9]+/[a-z]+")))),
                rule("exact", path(new PathMatch.Exact("/exact")))));
        assertThat(met(table, request("GET", "any", target))).isEqualTo(expected);
    }

    @Test
    void afterThePathTheMethodThenTheNumberOfHeadersThenOfParametersDecides() {
        PathMatch any = new PathMatch.Prefix("/");
        ValueMatch a = ValueMatch.exact("X-A", "1");
        ValueMatch b = ValueMatch.exact("x-b", "1");
        ValueMatch q = ValueMatch.exact("q", "1");
        RouteTable table = table(route(
                rule("plain", RouteMatch.ANY),
                rule("parameter", new RouteMatch(any, null, List.of(), List.of(q))),
                rule("one", new RouteMatch(any, null, List.of(a), List.of())),
                rule("two", new RouteMatch(any, null, List.of(a, b), List.of())),
                rule("method", new RouteMatch(any, "POST", List.of(), List.of()))));
        assertThat(met(table, request("POST", "h", "/?q=1", "x-a", "1", "x-b", "1")))
                .isEqualTo("method");
        assertThat(met(table, request("GET", "h", "/?q=1", "x-a", "1", "x-b", "1")))
                .isEqualTo("two");
        assertThat(met(table, request("GET", "h", "/?q=1", "x-a", "1"))).isEqualTo("one");
        assertThat(met(table, request("GET", "h", "/?q=1"))).isEqualTo("parameter");
        assertThat(met(table, request("GET", "h", "/?q=2"))).isEqualTo("plain");
    }

    @Test
    void ofEqualMatchesTheOlderRouteThenTheNameThenTheFirstRuleWins() {
        Route young = route("a/young", "2026-02-01T00:00:00Z", List.of(""), rule("young", RouteMatch.ANY));
        Route old = route(
                "z/old",
                "2026-01-01T00:00:00Z",
                List.of(""),
                rule("old", RouteMatch.ANY),
                rule("later", RouteMatch.ANY));
        Route same = route("b/same", "2026-01-01T00:00:00Z", List.of(""), rule("same", RouteMatch.ANY));
        assertThat(met(table(young, old), request("GET", "h", "/"))).isEqualTo("old");
        assertThat(met(table(young, old, same), request("GET", "h", "/"))).isEqualTo("same");
    }

    @Test
    void theMoreSpecificHostNameOfARouteGoesBeforeTheMatch() {
        Route exact = route("a/exact", "2", List.of("a.example.com"), rule("exact", RouteMatch.ANY));
        Route wild = route("a/wild", "1", List.of("*.example.com"), rule("wild", prefix("/api")));
        assertThat(met(table(wild, exact), request("GET", "a.example.com", "/api")))
                .isEqualTo("exact");
        assertThat(met(table(wild, exact), request("GET", "b.a.example.com:8080", "/api")))
                .isEqualTo("wild");
        assertThat(met(table(wild, exact), request("GET", "example.com", "/api")))
                .isEqualTo("nothing");
    }

    @Test
    void aRequestBelongsToTheMostSpecificListenerAndToNoOther() {
        RouteTable table = new RouteTable(List.of(
                new Listener("any", "", List.of(route(rule("any", RouteMatch.ANY)))),
                new Listener("wild", "*.example.com", List.of(route(rule("wild", prefix("/only"))))),
                new Listener("exact", "www.example.com", List.of(route(rule("exact", RouteMatch.ANY))))));
        assertThat(met(table, request("GET", "WWW.example.com", "/"))).isEqualTo("exact");
        assertThat(met(table, request("GET", "x.example.com", "/only"))).isEqualTo("wild");
        assertThat(met(table, request("GET", "x.example.com", "/")))
                .as("not that of the listener for every host")
                .isEqualTo("nothing");
        assertThat(met(table, request("GET", "other", "/"))).isEqualTo("any");
    }

    @Test
    void cookiesHeadersAndParametersMatchAsAWhole() {
        RouteTable table = table(route(
                rule(
                        "beta",
                        new RouteMatch(
                                new PathMatch.Prefix("/"),
                                null,
                                List.of(ValueMatch.regular("cookie", "(.*; ?)?group=beta(;.*)?")),
                                List.of())),
                rule(
                        "search",
                        new RouteMatch(
                                new PathMatch.Prefix("/"), null, List.of(), List.of(ValueMatch.exact("q", "a b&c")))),
                rule("plain", RouteMatch.ANY)));
        assertThat(met(table, request("GET", "h", "/", "Cookie", "a=1; group=beta; b=2")))
                .isEqualTo("beta");
        assertThat(met(table, request("GET", "h", "/", "Cookie", "group=beta2")))
                .isEqualTo("plain");
        assertThat(met(table, request("GET", "h", "/", "Cookie", "group=beta"))).isEqualTo("beta");
        assertThat(met(table, request("GET", "h", "/?x=1&q=a+b%26c&q=other"))).isEqualTo("search");
        assertThat(met(table, request("GET", "h", "/?q=a"))).isEqualTo("plain");
        assertThat(met(table, request("GET", "h", "/?q=%zz"))).isEqualTo("plain");
    }

    @Test
    void ofSeveralConditionsOnOneHeaderTheFirstCounts() {
        RouteMatch match = new RouteMatch(
                new PathMatch.Prefix("/"),
                null,
                List.of(ValueMatch.exact("X-A", "1"), ValueMatch.exact("x-a", "2")),
                List.of());
        assertThat(match.headers()).hasSize(1);
        assertThat(match.matches(request("GET", "h", "/", "x-a", "1"))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "'', a.b, a.b",
        "a.b, '', a.b",
        "*.b, a.b, a.b",
        "*.b, *.a.b, *.a.b",
        "*.a.b, *.b, *.a.b",
        "*.b, b, none",
        "a.b, c.b, none",
        "*.a, *.b, none"
    })
    void hostNamesMeet(String a, String b, String expected) {
        @Nullable String both = Hostnames.intersection(a, b);
        assertThat(both == null ? "none" : both).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "true,  /new,  /api,  /api/x,  /new/x",
        "true,  /new/, /api,  /api/x,  /new/x",
        "true,  /new,  /api,  /api,    /new",
        "true,  /,     /api,  /api,    /",
        "true,  /,     /api,  /api/x,  /x",
        "true,  '',    /api,  /api/x,  /x",
        "true,  /new,  /,     /x,      /new/x",
        "true,  /new,  /,     /,       /new/",
        "false, /full, /api,  /api/x,  /full"
    })
    void pathsAreRewritten(boolean prefix, String value, String match, String path, String expected) {
        assertThat(new PathChange(prefix, value).apply(new PathMatch.Prefix(match), path))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        ",      ,            ,    http,  80,   http://h/p?q=1",
        ",      ,            ,    http,  8080, http://h:8080/p?q=1",
        "https, ,            ,    http,  8080, https://h/p?q=1",
        "https, ,            8443,http,  80,   https://h:8443/p?q=1",
        ",      example.com, ,    https, 443,  https://example.com/p?q=1"
    })
    void redirectsName(
            @Nullable String scheme,
            @Nullable String host,
            @Nullable Integer port,
            String from,
            int listener,
            String to) {
        Redirect redirect = new Redirect(scheme, host, port, null, 302);
        assertThat(redirect.location(request("GET", "h:1234", "/p?q=1"), new PathMatch.Prefix("/"), from, listener))
                .isEqualTo(to);
    }

    @Test
    void sharesAreMetExactlyAndSpread() {
        WeightedTurns turns = new WeightedTurns(90, 10, 0);
        int[] counts = new int[3];
        int longestRow = 0;
        int row = 0;
        for (int i = 0; i < 10_000; i++) {
            int next = turns.next();
            counts[next]++;
            row = next == 1 ? row + 1 : 0;
            longestRow = Math.max(longestRow, row);
        }
        assertThat(counts).containsExactly(9_000, 1_000, 0);
        assertThat(longestRow).isEqualTo(1);
        assertThat(new WeightedTurns().next()).isEqualTo(-1);
        assertThat(new WeightedTurns(0, 0).next()).isEqualTo(-1);
    }

    @Test
    void aPercentageIsMirroredExactly() {
        Mirror mirror = new Mirror(new ServicePortRef("a", "b", 1), 25, 100);
        MirrorTurns turns = new MirrorTurns(List.of(mirror, new Mirror(null, 0, 100)));
        List<Integer> copied = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            copied.add(turns.next().size());
        }
        assertThat(copied.stream().mapToInt(Integer::intValue).sum()).isEqualTo(250);
    }

    @Test
    void headersAreSetThenAddedThenRemoved() {
        List<String> done = new ArrayList<>();
        new HeaderChange(List.of(Map.entry("a", "1")), List.of(Map.entry("b", "2")), List.of("c"))
                .apply(new HeaderChange.Target() {
                    @Override
                    public void set(String name, String value) {
                        done.add("set " + name + "=" + value);
                    }

                    @Override
                    public void add(String name, String value) {
                        done.add("add " + name + "=" + value);
                    }

                    @Override
                    public void remove(String name) {
                        done.add("remove " + name.toLowerCase(Locale.ROOT));
                    }
                });
        assertThat(done).containsExactly("set a=1", "add b=2", "remove c");
    }
}
