package io.kvorum.gateway.routing;

import java.time.Duration;
import java.util.List;

/**
 * What is done with requests that meet one of the matches.
 *
 * @param route namespace and name of the route, for metrics and logs
 * @param requestTimeout of the whole; zero for none
 * @param backendTimeout of one try; zero for none
 */
public record Rule(
        String route,
        List<RouteMatch> matches,
        Filters filters,
        List<Backend> backends,
        Duration requestTimeout,
        Duration backendTimeout) {}
